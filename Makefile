# Heddle's build. Everything made lands in build/; `make help` lists the targets, V=1 shows the commands.

OUTPUT := build
CLANG  ?= clang-19
CLANG_FORMAT ?= clang-format-19
LLVM_STRIP   ?= llvm-strip-19
NODE   ?= node

MAKEFLAGS += --no-builtin-rules --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

ifeq ($(V),1)
  Q :=
  msg =
else
  Q := @
  msg = @printf '  %-8s %s\n' "$(1)" "$(2)";
endif

# What only a few tests want is made when ONLY or the goal names one of them, or nothing is named.
NAMED_TESTS := $(ONLY) $(patsubst test-%,%,$(filter test-bpf test-packages test-e2e,$(MAKECMDGOALS)))
is_named = $(if $(strip $(NAMED_TESTS)),$(filter $(1),$(NAMED_TESTS)),everything)

NODE_PREFIX := $(shell $(NODE) -p 'require("path").resolve(process.execPath, "../..")' 2>/dev/null)
ESBUILD := node_modules/.bin/esbuild --log-level=warning --platform=node --target=node20 --format=esm \
	--out-extension:.js=.mjs --sourcemap=inline --sources-content=false --conditions=module,workspace
# CommonJS dependencies inside an ES module bundle ask for `require`.
BANNER := --banner:js='import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);'

## Building

.PHONY: all
all: bpf native bundles cni ## Build everything into build/

PACKAGE_GROUPS := build demo test lint

.PHONY: system
system: $(PACKAGE_GROUPS:%=$(OUTPUT)/.packages-%) ## Install the Debian packages that building, the demo, tests and lint need

$(OUTPUT)/.packages-%: scripts/install-packages
	$(Q)mkdir -p $(OUTPUT)
	$(Q)scripts/install-packages $*
	$(Q)touch $@

node_modules/.package-lock.json: package.json package-lock.json $(wildcard packages/*/package.json)
	$(call msg,NPM,node_modules)
	$(Q)npm ci --silent --no-progress
	$(Q)touch $@

# --- BPF objects: BTF stays, DWARF goes

BPF_SOURCES := $(wildcard bpf/*.bpf.c)
BPF_OBJECTS := $(patsubst bpf/%.bpf.c,$(OUTPUT)/bpf/%.bpf.o,$(BPF_SOURCES))
BPF_CFLAGS  := -g -O2 -target bpf -mcpu=v3 -Wall -Wextra -Wshadow -Werror -I/usr/include/$(shell uname -m)-linux-gnu -Ibpf

.PHONY: bpf
bpf: $(BPF_OBJECTS) ## Compile the BPF programs

$(OUTPUT)/bpf/%.bpf.o: bpf/%.bpf.c | $(OUTPUT)/.packages-build
	$(call msg,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MF $(@:.o=.d) -MT $@ -c $< -o $@
	$(Q)$(LLVM_STRIP) -g $@

-include $(wildcard $(OUTPUT)/bpf/*.d)

# --- Native addons

.PHONY: native
native: $(OUTPUT)/libbpf_ts.node $(OUTPUT)/rtnetlink.node ## Build the native halves of the packages

define native_addon
$(OUTPUT)/$(2).node: $(wildcard packages/$(1)/native/*) packages/$(1)/binding.gyp node_modules/.package-lock.json | $(OUTPUT)/.packages-build
	$$(call msg,ADDON,$$@)
	$$(Q)cd packages/$(1) && CFLAGS=-Werror ../../node_modules/.bin/node-gyp rebuild --loglevel=$(if $(filter 1,$(V)),info,error) --nodedir=$(NODE_PREFIX) $(if $(filter 1,$(V)),,>/dev/null)
	$$(Q)install -D packages/$(1)/build/Release/$(2).node $$@
endef
$(eval $(call native_addon,libbpf-ts,libbpf_ts))
$(eval $(call native_addon,rtnetlink,rtnetlink))

# --- Generated sources, checked in

TS_SOURCES := $(shell find packages/*/src loader cmd lab scripts -name '*.ts' -o -name '*.gen.js' 2>/dev/null)
TEST_SUPPORT := $(shell find test/support -name '*.ts')

$(OUTPUT)/scripts/%.mjs: scripts/%.ts $(TS_SOURCES) $(TEST_SUPPORT) node_modules/.package-lock.json
	$(call msg,BUNDLE,$@)
	$(Q)$(ESBUILD) --bundle --packages=external --alias:ip=./packages/ip/src/index.ts --alias:etcd=./packages/etcd/src/index.ts \
		--alias:libbpf-ts=./packages/libbpf-ts/src/index.ts --alias:rtnetlink=./packages/rtnetlink/src/index.ts --outfile=$@ $<

.PHONY: gen
gen: bpf $(OUTPUT)/scripts/gen-abi.mjs $(OUTPUT)/scripts/gen-proto.mjs ## Write the checked-in generated sources anew
	$(call msg,GEN,loader/abi)
	$(Q)$(NODE) $(OUTPUT)/scripts/gen-abi.mjs
	$(call msg,GEN,loader/api packages/etcd)
	$(Q)$(NODE) $(OUTPUT)/scripts/gen-proto.mjs
	$(call msg,GEN,docs)
	$(Q)$(MAKE) $(OUTPUT)/scripts/gen-docs.mjs && $(NODE) $(OUTPUT)/scripts/gen-docs.mjs
	$(call msg,GEN,deploy)
	$(Q)$(MAKE) $(OUTPUT)/scripts/gen-deploy.mjs && $(NODE) $(OUTPUT)/scripts/gen-deploy.mjs

# --- Bundles

# V8 keeps the text in memory, twice as large if one letter of it is not ASCII: comments and the map stay outside.
SMALL := --minify-whitespace --line-limit=200 --legal-comments=none --charset=ascii --sourcemap=linked
# What a dependency uses where it finds it, and nobody here asks for: half a megabyte of old character sets, and the reader of .proto
# files for gRPC's channelz and ORCA services.
UNWANTED := --external:encoding --external:@grpc/proto-loader

BUNDLES := $(OUTPUT)/heddled.mjs $(OUTPUT)/heddlectl.mjs
COMMANDS := $(BUNDLES:.mjs=)

.PHONY: bundles
bundles: $(BUNDLES) $(COMMANDS) ## Bundle the daemon and heddlectl

$(OUTPUT)/%.mjs: cmd/%/main.ts $(TS_SOURCES) node_modules/.package-lock.json
	$(call msg,BUNDLE,$@)
	$(Q)$(ESBUILD) $(BANNER) $(SMALL) $(UNWANTED) --bundle --metafile=$(@:.mjs=.meta.json) --outfile=$@ $<
	$(Q)chmod +x $@

$(COMMANDS): $(OUTPUT)/%: $(OUTPUT)/%.mjs
	$(Q)ln -sf $(<F) $@

# --- CNI plugin

.PHONY: cni
cni: $(OUTPUT)/heddle-cni ## Compile the CNI plugin

-include cmd/heddle-cni/build.mk

# --- Labs

-include lab/path/build.mk

## Packing

.PHONY: dist
dist: all $(OUTPUT)/scripts/write-sbom.mjs $(OUTPUT)/scripts/write-man.mjs ## A tarball and a Debian package of what was built, in build/dist
	$(call msg,DIST,$(OUTPUT)/dist)
	$(Q)scripts/make-dist

# A release of Node, as npm's `node-linux-…` packages carry it.
$(OUTPUT)/node/%/bin/node $(OUTPUT)/node/%/LICENSE:
	$(call msg,NODE,$(OUTPUT)/node/$*)
	$(Q)npm install --silent --no-audit --no-fund --no-save --prefix $(OUTPUT)/node/$* node-linux-$$($(NODE) -p process.arch)@$*
	$(Q)install -D $(OUTPUT)/node/$*/node_modules/node-linux-*/bin/node $(OUTPUT)/node/$*/bin/node
	$(Q)install -m 644 $(OUTPUT)/node/$*/node_modules/node-linux-*/LICENSE $(OUTPUT)/node/$*
	$(Q)rm -r $(OUTPUT)/node/$*/node_modules

# The release with the longest support: until April 2028.
NODE_OF_PACKAGE := $(OUTPUT)/node/24

.PHONY: node-package
node-package: $(NODE_OF_PACKAGE)/bin/node $(NODE_OF_PACKAGE)/LICENSE ## Node as a Debian package for heddled on Debian 12, in build/dist
	$(call msg,DIST,$(OUTPUT)/dist)
	$(Q)scripts/make-node-package $(NODE_OF_PACKAGE)

PACKAGES := ip libbpf-ts rtnetlink

.PHONY: packages
packages: $(PACKAGES:%=$(OUTPUT)/packages/%.tgz) ## The packages as npm would publish them, in build/packages

$(OUTPUT)/packages/%.tgz: packages/%/dist/index.js packages/%/README.md packages/%/package.json
	$(call msg,PACK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)cd packages/$* && mv "$$(npm pack --silent --ignore-scripts --pack-destination ../../$(@D) | sed 's|^|../../$(@D)/|')" ../../$@

.PHONY: api-docs
api-docs: node_modules/.package-lock.json ## The packages' reference, by typedoc, into docs/api
	$(call msg,DOCS,docs/api)
	$(Q)node_modules/.bin/typedoc --options packages/typedoc.json --logLevel Warn

.PHONY: cross-addons
cross-addons: node_modules/.package-lock.json | $(OUTPUT)/.packages-build ## The packages' addons for arm64 too; `make cross-addons packages` packs them
	$(call msg,CROSS,$(OUTPUT)/prebuilds)
	$(Q)CLANG=$(CLANG) scripts/cross-build addons

# What `npm pack` in the package's folder runs first.
.PHONY: $(PACKAGES:%=package-%)
$(PACKAGES:%=package-%): package-%: packages/%/dist/index.js

packages/%/dist/index.js: scripts/build-package packages/tsconfig.build.json packages/%/tsconfig.build.json LICENSE node_modules/.package-lock.json
	$(call msg,PACKAGE,$(@D))
	$(Q)scripts/build-package $*
	$(Q)touch $@

define package_sources
packages/$(1)/dist/index.js: $(wildcard packages/$(1)/src/*.ts packages/$(1)/src/*/*.ts)
endef
$(foreach package,$(PACKAGES),$(eval $(call package_sources,$(package))))
packages/libbpf-ts/dist/index.js packages/rtnetlink/dist/index.js: $(wildcard $(OUTPUT)/prebuilds/*/*.node)
packages/rtnetlink/dist/index.js: packages/ip/dist/index.js $(OUTPUT)/rtnetlink.node
packages/libbpf-ts/dist/index.js: $(OUTPUT)/libbpf_ts.node

## Trying

# Root's work runs in namespaces of its own, where it can meet nothing of the machine's.
ISOLATE := scripts/isolate

.PHONY: demo
demo: all $(OUTPUT)/scripts/demo.mjs | $(OUTPUT)/.packages-demo ## Two nodes, four pods, packets seen on the wire; KEEP=1 leaves the lab up, on the machine itself
	$(Q)KEEP=$(KEEP) $(if $(filter 1,$(KEEP)),,$(ISOLATE)) $(NODE) $(OUTPUT)/scripts/demo.mjs

INSTALL_SOURCES := $(shell find test/install -name '*.ts')

$(OUTPUT)/scripts/try-install.mjs $(OUTPUT)/scripts/fetch-roots.mjs: $(INSTALL_SOURCES)

# The roots come from Debian's mirror, before any isolation.
.PHONY: try-install
try-install: dist node-package $(OUTPUT)/scripts/try-install.mjs $(OUTPUT)/scripts/fetch-roots.mjs | $(OUTPUT)/.packages-test ## docs/install.md on two plain machines each of Debian 12 and 13, from the package to its removal (root); ROOTS=12 plays one
	$(Q)$(NODE) $(OUTPUT)/scripts/fetch-roots.mjs
	$(Q)ROOTS='$(ROOTS)' $(ISOLATE) $(NODE) $(OUTPUT)/scripts/try-install.mjs

# What is unpacked comes from Debian's mirror.
.PHONY: try-arm64
try-arm64: dist cross-addons | $(OUTPUT)/.packages-test ## The image's programs on arm64 under qemu-user: they start and load their addons (root)
	$(Q)CLANG=$(CLANG) scripts/cross-build plugin
	$(Q)scripts/try-arm64

## Testing

TEST_BPF_SOURCES := $(wildcard packages/libbpf-ts/test/bpf/*.bpf.c)
TEST_BPF_OBJECTS := $(patsubst packages/libbpf-ts/test/bpf/%.bpf.c,$(OUTPUT)/test/libbpf-ts/%.bpf.o,$(TEST_BPF_SOURCES)) \
	$(patsubst test/support/bpf/%.bpf.c,$(OUTPUT)/test/bpf/%.bpf.o,$(wildcard test/support/bpf/*.bpf.c))

define test_bpf_object
$(OUTPUT)/test/$(1)/%.bpf.o: $(2)/%.bpf.c | $(OUTPUT)/.packages-build
	$$(call msg,BPF,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CLANG) $$(BPF_CFLAGS) -c $$< -o $$@
	$$(Q)$$(LLVM_STRIP) -g $$@
endef
$(eval $(call test_bpf_object,libbpf-ts,packages/libbpf-ts/test/bpf))
$(eval $(call test_bpf_object,bpf,test/support/bpf))

# What `make test` boots. Needs the network, so it comes before any isolation.
KERNELS_OF_TEST := $(OUTPUT)/kernels/.fetched

$(KERNELS_OF_TEST): test/kernels/series.ts | $(OUTPUT)/.packages-test $(OUTPUT)/scripts/fetch-kernels.mjs
	$(call msg,KERNELS,$(@D))
	$(Q)$(NODE) $(OUTPUT)/scripts/fetch-kernels.mjs
	$(Q)touch $@

KUBECTL := $(OUTPUT)/kubectl/usr/bin/kubectl

$(KUBECTL): | $(OUTPUT)/.packages-test $(OUTPUT)/scripts/fetch-kubectl.mjs
	$(call msg,KUBECTL,$@)
	$(Q)$(NODE) $(OUTPUT)/scripts/fetch-kubectl.mjs

# The packages run on these releases of Node; this machine's own need not be fetched.
NODE_RELEASES := $(filter-out $(shell $(NODE) -p 'process.versions.node.split(".")[0]' 2>/dev/null),20 22 24)
NODES_OF_TEST := $(NODE_RELEASES:%=$(OUTPUT)/node/%/bin/node)

.PHONY: test-build
test-build: $(if $(call is_named,e2e test/e2e/lab/kubectl%),$(KUBECTL))
test-build: $(if $(call is_named,kernels test/kernels/%),$(KERNELS_OF_TEST))
test-build: $(if $(call is_named,e2e test/e2e/daemon/dist.test.ts test/e2e/runtimes/daemonset.test.ts),dist)
test-build: $(if $(call is_named,packages test/packages/%),packages $(NODES_OF_TEST))
test-build: all $(TEST_BPF_OBJECTS) $(OUTPUT)/scripts/build-tests.mjs $(OUTPUT)/scripts/run-tests.mjs $(OUTPUT)/scripts/demo.mjs | $(OUTPUT)/.packages-test
	$(call msg,BUNDLE,$(OUTPUT)/test)
	$(Q)$(NODE) $(OUTPUT)/scripts/build-tests.mjs

RUN_TESTS := $(ISOLATE) $(NODE) $(OUTPUT)/scripts/run-tests.mjs

.PHONY: test
test: test-build ## All tests but the long ones (root); the last line is `N passed, 0 failed`; ONLY="suites or files …"
	$(Q)$(RUN_TESTS) $(ONLY)

.PHONY: test-long
test-long: test-build ## Those that `make test` leaves out, by test/long-tests.ts (root)
	$(Q)$(RUN_TESTS) long

.PHONY: coverage
coverage: $(OUTPUT)/scripts/coverage.mjs ## What the last whole run of the unit tests ran of each folder, into test/coverage.json
	$(Q)$(NODE) $(OUTPUT)/scripts/coverage.mjs

.PHONY: test-busy
test-busy: test-build ## All tests beside two spinning processes a core (root)
	$(Q)$(ISOLATE) scripts/beside-load $(NODE) $(OUTPUT)/scripts/run-tests.mjs $(ONLY)

.PHONY: test-unit
test-unit: native bundles $(OUTPUT)/scripts/build-tests.mjs $(OUTPUT)/scripts/run-tests.mjs ## Tests that need neither root nor kernel, and touch nothing outside of build/
	$(call msg,BUNDLE,$(OUTPUT)/test)
	$(Q)$(NODE) $(OUTPUT)/scripts/build-tests.mjs unit
	$(Q)mkdir -p $(OUTPUT)/tmp
	$(Q)TMPDIR=$(abspath $(OUTPUT)/tmp) $(NODE) $(OUTPUT)/scripts/run-tests.mjs unit

.PHONY: test-bpf test-e2e test-packages
test-bpf: ONLY := bpf
test-bpf: test ## The real BPF objects over tables of packets (root)
test-packages: ONLY := packages
test-packages: test ## Own tests of the packages that need root
test-e2e: ONLY := e2e
test-e2e: test ## Labs: real daemons, real packets (root)

KERNEL_TEST_SOURCES := $(shell find test/kernels test/bpf/tables test/support -name '*.ts')

$(OUTPUT)/scripts/test-kernel.mjs $(OUTPUT)/scripts/test-kernels.mjs: $(KERNEL_TEST_SOURCES)

.PHONY: test-kernels
test-kernels: all $(OUTPUT)/test/probe $(OUTPUT)/scripts/test-kernel.mjs $(OUTPUT)/scripts/test-kernels.mjs | $(OUTPUT)/.packages-test ## Packet tables and the daemon itself on Debian's kernels, in emulated machines (root), into docs/kernels.md; KERNELS="6.1 7.3" names them
	$(Q)$(NODE) $(OUTPUT)/scripts/test-kernels.mjs $(KERNELS)

.PHONY: test-compilers
test-compilers: test-build $(OUTPUT)/scripts/test-compilers.mjs ## The programs compiled by clang 19 and by Debian's newest: test/bpf over each (root), into docs/kernels.md
	$(Q)CLANG=$(CLANG) $(NODE) $(OUTPUT)/scripts/test-compilers.mjs

.PHONY: test-profiles
test-profiles: test-build ## Checked payloads through every NIC profile of the lab; `make test` has two of them (root)
	$(Q)NIC_PROFILES=all FILE_TIMEOUT_S=7200 $(RUN_TESTS) test/e2e/traffic/integrity.test.ts

.PHONY: swaps
swaps: test-build ## 10,000 swaps of policy while packets run; `make test` ends them after 25 s (root)
	$(Q)ALL_SWAPS=1 $(RUN_TESTS) test/e2e/policy/swaps.test.ts

$(OUTPUT)/scripts/chaos.mjs: $(shell find test/chaos test/support -name '*.ts' 2>/dev/null)

.PHONY: chaos
chaos: all $(OUTPUT)/test/probe $(OUTPUT)/scripts/chaos.mjs | $(OUTPUT)/.packages-test ## Kill, stop, flood and churn under traffic (root): a table of what was lost, zeros but for the known faults; SEED=… SHARE=0.1 ONLY=part-of-a-name
	$(Q)ONLY='$(ONLY)' $(ISOLATE) $(NODE) $(OUTPUT)/scripts/chaos.mjs

$(OUTPUT)/scripts/soak.mjs: $(shell find test/soak test/chaos test/support -name '*.ts' 2>/dev/null)

.PHONY: soak
soak: all $(OUTPUT)/test/probe $(OUTPUT)/scripts/soak.mjs | $(OUTPUT)/.packages-test ## Random faults of every kind under traffic, one and two at once, on etcd and an API server (root): a table of what was lost; MINUTES=30 SEED=… ONLY=part-of-a-name SOURCE=etcd JSON=1
	$(Q)MINUTES='$(or $(MINUTES),30)' ONLY='$(ONLY)' SOURCE='$(SOURCE)' JSON='$(JSON)' $(ISOLATE) $(NODE) $(OUTPUT)/scripts/soak.mjs

FUZZ_TESTS := test/bpf/fuzz-frames.test.ts test/bpf/flow-cache-random.test.ts test/unit/api/fuzz-calls.test.ts test/unit/sources/fuzz-manifests.test.ts \
	test/e2e/cni-plugin/fuzz-stdin.test.ts

.PHONY: fuzz
fuzz: test-build ## Hundreds of thousands of broken frames, calls, manifests and plugin runs (root); SEED=… repeats one
	$(Q)FILE_TIMEOUT_S=1800 FUZZ_PER_ROW=1000 FUZZ_INPUTS=100000 FUZZ_RUNS=10000 $(RUN_TESTS) $(FUZZ_TESTS)

WORLD_TESTS := test/unit/policy-worlds/random-worlds.test.ts test/unit/policy-worlds/incremental.test.ts \
	test/bpf/conformance/random-worlds.test.ts

.PHONY: worlds
worlds: test-build ## Ten times and more of the random worlds of policy that `make test` plays (root); SEED=… repeats one
	$(Q)FILE_TIMEOUT_S=7200 WORLDS=2000 $(RUN_TESTS) $(WORLD_TESTS)

CONFORMANCE_SOURCES := $(shell find test/conformance test/support -name '*.ts' 2>/dev/null)
LEVEL ?= compiler

$(OUTPUT)/scripts/conformance.mjs: $(CONFORMANCE_SOURCES)

.PHONY: conformance
conformance: $(if $(filter bpf lab,$(LEVEL)),all) $(OUTPUT)/scripts/conformance.mjs | $(if $(filter bpf lab,$(LEVEL)),$(OUTPUT)/.packages-test) ## Play policy cases: CASES="FILE…" LEVEL=compiler|bpf|lab; the last line is `rows N, mismatches M`
	$(Q)$(if $(filter bpf lab,$(LEVEL)),$(ISOLATE)) $(NODE) $(OUTPUT)/scripts/conformance.mjs $(LEVEL) $(CASES)

MUTANT_SOURCES := $(shell find test/mutants test/bpf -name '*.ts' 2>/dev/null)

$(OUTPUT)/scripts/mutants.mjs $(OUTPUT)/scripts/play-datapath.mjs: $(CONFORMANCE_SOURCES) $(MUTANT_SOURCES)

.PHONY: mutants
mutants: test-build $(OUTPUT)/scripts/mutants.mjs $(OUTPUT)/scripts/play-datapath.mjs ## Break the policy compiler and bpf/ on purpose (root): who notices each; ONLY=part-of-a-name
	$(Q)BPF_COMPILE='$(CLANG) $(BPF_CFLAGS)' BPF_STRIP='$(LLVM_STRIP) -g' \
		scripts/isolate $(NODE) --enable-source-maps $(OUTPUT)/scripts/mutants.mjs $(ONLY)

## Measuring

$(OUTPUT)/scripts/complexity.mjs: test/support/bpf/complexity.ts test/support/bpf/product-node.ts

.PHONY: complexity
complexity: bpf native $(OUTPUT)/scripts/complexity.mjs | $(OUTPUT)/.packages-demo ## What the programs cost the verifier, into bpf/complexity.json (root); shows what moved
	$(Q)$(ISOLATE) $(NODE) $(OUTPUT)/scripts/complexity.mjs

BENCH_SOURCES := $(shell find test/bench test/support -name '*.ts' 2>/dev/null)

-include test/bench/build.mk

$(OUTPUT)/scripts/bench.mjs $(OUTPUT)/scripts/profile.mjs: $(BENCH_SOURCES)

.PHONY: bench
bench: all $(TEST_BPF_OBJECTS) $(BENCH_PROGRAMS) $(OUTPUT)/scripts/bench.mjs | $(OUTPUT)/.packages-test ## Measure beside peers (root), into build/bench/results.json; ONLY=figure QUICK=1, PLOT=1 for docs/*.svg
	$(Q)QUICK=$(QUICK) PLOT=$(PLOT) $(ISOLATE) $(NODE) $(OUTPUT)/scripts/bench.mjs $(ONLY)

.PHONY: profile
profile: all $(OUTPUT)/scripts/profile.mjs | $(OUTPUT)/.packages-test ## Where a TCP stream's processor time goes, ours beside peers (root), into docs/performance.md; QUICK=1 only prints
	$(Q)QUICK=$(QUICK) $(ISOLATE) $(NODE) --enable-source-maps $(OUTPUT)/scripts/profile.mjs

## Checking

C_SOURCES := $(wildcard bpf/*.c bpf/abi/*.h bpf/lib/*.h packages/*/native/*.[ch] packages/*/test/bpf/*.c packages/*/examples/*.c test/support/bpf/*.c test/bench/*/*.c cmd/heddle-cni/*.[ch] lab/path/*.[ch])

-include test/support/probe/build.mk
-include test/support/stepped-clock/build.mk

.PHONY: lint
lint: node_modules/.package-lock.json | $(OUTPUT)/.packages-lint ## Format, lint and types
	$(call msg,FORMAT,C)
	$(Q)$(CLANG_FORMAT) --dry-run --Werror $(C_SOURCES)
	$(call msg,FORMAT,TypeScript)
	$(Q)node_modules/.bin/prettier --check --log-level=warn .
	$(call msg,TYPES,tsc)
	$(Q)node_modules/.bin/tsc -p .
	$(call msg,LINT,eslint)
	$(Q)node_modules/.bin/eslint --max-warnings 0 .
	$(call msg,LINT,shellcheck)
	$(Q)shellcheck scripts/isolate scripts/beside-load scripts/boot-machine scripts/build-package scripts/cross-build scripts/install-packages scripts/make-dist scripts/make-node-package scripts/try-arm64 deploy/debian/* deploy/kubectl/kubectl-heddle .ci/run .githooks/*

.PHONY: format
format: node_modules/.package-lock.json | $(OUTPUT)/.packages-lint ## Write everything in the one format
	$(Q)$(CLANG_FORMAT) -i $(C_SOURCES)
	$(Q)node_modules/.bin/prettier --write --log-level=warn .

GENERATED := loader/abi/abi.gen.ts $(wildcard loader/api/*.gen.* packages/*/src/*.gen.*) docs/configuration.md docs/unreadable.md docs/verdicts.md \
	$(wildcard deploy/kubernetes/*.yaml deploy/kubernetes/*/*/*.yaml deploy/helm/heddle/*.yaml deploy/helm/heddle/templates/*.yaml)

.PHONY: gen-check
gen-check: ## Fail if a checked-in generated file is stale
	$(Q)before=$$(sha256sum $(GENERATED)); $(MAKE) gen; \
	if [ "$$before" != "$$(sha256sum $(GENERATED))" ]; then \
		echo "generated files were stale; 'make gen' has renewed them, commit the result:" >&2; \
		git --no-pager diff --stat -- $(GENERATED) >&2; exit 1; fi

.PHONY: check
check: ## All of it: format, lint, generated files, types, tests
	$(Q)$(MAKE) lint
	$(Q)$(MAKE) gen-check
	$(Q)$(MAKE) test

.PHONY: hooks
hooks: ## Run the fast checks before each commit
	$(Q)git config core.hooksPath .githooks

.PHONY: clean
clean: ## Remove everything that was built
	$(Q)rm -rf $(OUTPUT) packages/*/build packages/*/dist packages/*/prebuilds packages/*/LICENSE docs/api .tap

.PHONY: help
help: ## This list
	@awk '/^## / { printf "\n%s\n", substr($$0, 4) } \
		/^[a-z0-9-]+:.*## / { split($$0, part, ":.*## "); printf "  %-14s %s\n", part[1], part[2] }' $(MAKEFILE_LIST)

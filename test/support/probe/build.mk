# The process that asks and serves in labs' namespaces. The root Makefile includes this.

PROBE_SOURCES := $(wildcard test/support/probe/*.[ch])
C_SOURCES += $(PROBE_SOURCES)

$(OUTPUT)/test/probe: $(PROBE_SOURCES) | $(OUTPUT)/.packages-build
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)gcc -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE $(filter %.c,$^) -o $@

test-build: $(OUTPUT)/test/probe
conformance: $(if $(filter lab,$(LEVEL)),$(OUTPUT)/test/probe)

# The CNI plugin: one static binary, so that it runs on any host. The root Makefile includes this.

CNI_DIR	    := cmd/heddle-cni
CNI_OUTPUT  := $(OUTPUT)/heddle-cni.obj
CNI_SOURCES := $(wildcard $(CNI_DIR)/*.c)
CNI_PROTO   := $(CNI_OUTPUT)/heddle/v1/cni.pb-c
CNI_OBJECTS := $(CNI_SOURCES:$(CNI_DIR)/%.c=$(CNI_OUTPUT)/%.o) $(CNI_PROTO).o
CNI_CFLAGS  := -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-ffunction-sections -fdata-sections -I$(CNI_DIR) -I$(CNI_OUTPUT)
CNI_LDFLAGS := -static -s -Wl,--gc-sections

$(OUTPUT)/heddle-cni: $(CNI_OBJECTS)
	$(call msg,LINK,$@)
	$(Q)gcc $(CNI_CFLAGS) $(CNI_LDFLAGS) $^ -l:libnghttp2.a -l:libprotobuf-c.a -l:libjson-c.a -o $@

$(CNI_PROTO).c: proto/heddle/v1/cni.proto | $(OUTPUT)/.packages-build
	$(call msg,PROTOC,$@)
	$(Q)mkdir -p $(CNI_OUTPUT)
	$(Q)protoc-c --proto_path=proto --c_out=$(CNI_OUTPUT) heddle/v1/cni.proto

$(CNI_PROTO).o: $(CNI_PROTO).c
	$(call msg,CC,$@)
	$(Q)gcc $(CNI_CFLAGS) -c $< -o $@

$(CNI_OUTPUT)/%.o: $(CNI_DIR)/%.c | $(CNI_PROTO).c
	$(call msg,CC,$@)
	$(Q)gcc $(CNI_CFLAGS) -MMD -MP -c $< -o $@

-include $(wildcard $(CNI_OUTPUT)/*.d)

# The same with AddressSanitizer and UBSan, for tests with hostile input.

CNI_SANITIZED := $(OUTPUT)/test/heddle-cni-sanitized

$(CNI_SANITIZED): $(CNI_SOURCES) $(wildcard $(CNI_DIR)/*.h) $(CNI_PROTO).c
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)gcc -std=gnu11 -O1 -g -D_GNU_SOURCE -fsanitize=address,undefined -fno-sanitize-recover=all \
		-I$(CNI_DIR) -I$(CNI_OUTPUT) $(filter %.c,$^) -lnghttp2 -lprotobuf-c -ljson-c -o $@

test-build: $(if $(call is_named,e2e test/e2e/cni-plugin/fuzz-stdin.test.ts),$(CNI_SANITIZED))

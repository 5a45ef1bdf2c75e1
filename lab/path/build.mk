# What makes a lab's underlay as bad as the field's. The root Makefile includes this.

LAB_PATH := $(OUTPUT)/lab/path.bpf.o $(OUTPUT)/lab/detour

all: $(LAB_PATH)

$(OUTPUT)/lab/path.bpf.o: lab/path/path.bpf.c lab/path/mark.h | $(OUTPUT)/.packages-build
	$(call msg,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@
	$(Q)$(LLVM_STRIP) -g $@

$(OUTPUT)/lab/detour: lab/path/detour.c lab/path/mark.h | $(OUTPUT)/.packages-build
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)gcc -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -static -s $< -o $@

# What steps the wall clock of one process. The root Makefile includes this.

C_SOURCES += test/support/stepped-clock/step.c

$(OUTPUT)/test/stepped-clock.so: test/support/stepped-clock/step.c | $(OUTPUT)/.packages-build
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)gcc -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE -shared -fPIC $< -o $@

test-build: $(OUTPUT)/test/stepped-clock.so

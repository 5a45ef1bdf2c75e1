# Programs that the figures need beside Debian's: what they speak with, and a peer that is not a package.

BENCH_PROGRAMS := $(patsubst %,$(OUTPUT)/bench/programs/%,ping-pong udp-backend)

$(OUTPUT)/bench/programs/ping-pong: test/bench/net/ping-pong.c
$(OUTPUT)/bench/programs/udp-backend: test/bench/peers/udp-backend.c

$(BENCH_PROGRAMS): | $(OUTPUT)/.system
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)gcc -O2 -Wall -Wextra -Werror $< -o $@

# Programs that the figures need beside Debian's: what they speak with, and a peer that is not a package.

BENCH_PROGRAMS := $(patsubst %,$(OUTPUT)/bench/programs/%,ping-pong stopwatch udp-backend)

$(OUTPUT)/bench/programs/ping-pong: test/bench/net/ping-pong.c
$(OUTPUT)/bench/programs/stopwatch: test/bench/cni/stopwatch.c
$(OUTPUT)/bench/programs/udp-backend: test/bench/peers/udp-backend.c

$(BENCH_PROGRAMS): | $(OUTPUT)/.packages-build
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)gcc -O2 -Wall -Wextra -Werror $< -o $@

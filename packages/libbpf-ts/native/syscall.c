// SPDX-License-Identifier: Apache-2.0
/* The bpf(2) call itself, for what libbpf 1.1 is too old to know: tcx placement, netfilter links,
 * newer info. */
#include "addon.h"
#include "arguments.h"
#include "netns.h"
#include "signals.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct bpf_call {
	uint32_t command;
	struct bytes attr;
};

static long bpf_call_run(void *data)
{
	const struct bpf_call *call = data;
	long result = syscall(__NR_bpf, call->command, call->attr.data, call->attr.size);

	return result < 0 ? -errno : result;
}

static long bpf_call_uninterrupted(void *data)
{
	sigset_t before;
	long result;

	signals_block(&before);
	result = bpf_call_run(data);
	signals_restore(&before);
	return result;
}

/* Writes the address of pointers[i + 2] into pointers[i] at offset pointers[i + 1]; -1 if it would
 * not fit. */
static int write_pointer(const struct arguments *args, uint32_t i)
{
	struct arguments triple = { .env = args->env, .count = 3 };
	struct bytes structure;
	uint64_t address;
	uint32_t offset;

	for (uint32_t j = 0; j < 3; j++)
		napi_get_element(args->env, args->values[2], i + j, &triple.values[j]);
	structure = argument_bytes(&triple, 0);
	offset = argument_u32(&triple, 1);
	if (offset + sizeof(address) > structure.size)
		return -1;
	address = (uintptr_t)argument_bytes(&triple, 2).data;
	memcpy((char *)structure.data + offset, &address, sizeof(address));
	return 0;
}

/* bpf(command, attr, [struct, offset, bytes, struct, offset, bytes …], netns path or undefined) */
static napi_value bpf_command(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_call call = { argument_u32(&args, 0), argument_bytes(&args, 1) };
	char path[ARGUMENT_TEXT_MAX];
	uint32_t length = 0;

	napi_get_array_length(env, args.values[2], &length);
	for (uint32_t i = 0; i + 2 < length; i += 3)
		if (write_pointer(&args, i) < 0)
			return result_number(env, -EINVAL);
	return result_number(
		env,
		netns_run(argument_text(&args, 3, path),
			  call.command == BPF_PROG_TEST_RUN ? bpf_call_uninterrupted : bpf_call_run,
			  &call));
}

const struct export syscall_exports[] = {
	{ "bpf", bpf_command },
	{ NULL, NULL },
};

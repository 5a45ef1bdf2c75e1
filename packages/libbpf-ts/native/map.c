// SPDX-License-Identifier: Apache-2.0
/* Elements of maps, one by one and in batches. Buffers have the sizes that the TypeScript side
 * computed from the map's own description. */
#include "addon.h"
#include "arguments.h"
#include "fd.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* lookup(map, key, value out) */
static napi_value map_lookup(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes key = argument_bytes(&args, 1);
	struct bytes value = argument_bytes(&args, 2);

	return result_number(env, bpf_map_lookup_elem(argument_fd(&args, 0), key.data, value.data));
}

/* update(map, key, value, flags) */
static napi_value map_update(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes key = argument_bytes(&args, 1);
	struct bytes value = argument_bytes(&args, 2);

	return result_number(env, bpf_map_update_elem(argument_fd(&args, 0), key.data, value.data,
						      argument_u32(&args, 3)));
}

/* deleteKey(map, key) */
static napi_value map_delete(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes key = argument_bytes(&args, 1);

	return result_number(env, bpf_map_delete_elem(argument_fd(&args, 0), key.data));
}

/* nextKey(map, key or undefined for the first, key out) */
static napi_value map_next_key(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes key = argument_bytes(&args, 1);
	struct bytes next = argument_bytes(&args, 2);

	return result_number(env, bpf_map_get_next_key(argument_fd(&args, 0), key.data, next.data));
}

/* A call that the kernel ended early still moved some: [-errno or 0, elements moved]. */
static napi_value batch_result(napi_env env, int error, uint32_t count)
{
	napi_value pair;

	napi_create_array_with_length(env, 2, &pair);
	napi_set_element(env, pair, 0, result_number(env, error));
	napi_set_element(env, pair, 1, result_number(env, count));
	return pair;
}

/* lookupBatch(map, position in or undefined, position out, keys out, values out, count) */
static napi_value map_lookup_batch(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes from = argument_bytes(&args, 1);
	struct bytes to = argument_bytes(&args, 2);
	struct bytes keys = argument_bytes(&args, 3);
	struct bytes values = argument_bytes(&args, 4);
	uint32_t count = argument_u32(&args, 5);
	int error = bpf_map_lookup_batch(argument_fd(&args, 0), from.data, to.data, keys.data,
					 values.data, &count, NULL);

	return batch_result(env, error, count);
}

/* updateBatch(map, keys, values, count, element flags) */
static napi_value map_update_batch(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes keys = argument_bytes(&args, 1);
	struct bytes values = argument_bytes(&args, 2);
	uint32_t count = argument_u32(&args, 3);
	LIBBPF_OPTS(bpf_map_batch_opts, options, .elem_flags = argument_u32(&args, 4));
	int error = bpf_map_update_batch(argument_fd(&args, 0), keys.data, values.data, &count,
					 &options);

	return batch_result(env, error, count);
}

/* deleteBatch(map, keys, count) */
static napi_value map_delete_batch(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes keys = argument_bytes(&args, 1);
	uint32_t count = argument_u32(&args, 2);
	int error = bpf_map_delete_batch(argument_fd(&args, 0), keys.data, &count, NULL);

	return batch_result(env, error, count);
}

/* writeMemory(map, size, offset, bytes): into an array's only element, through its memory. The
 * bytes around stay what programs make of them meanwhile, which an update of the whole element
 * would overwrite. */
static napi_value map_write_memory(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	uint32_t size = argument_u32(&args, 1), offset = argument_u32(&args, 2);
	struct bytes bytes = argument_bytes(&args, 3);
	char *memory;

	if (offset > size || bytes.size > size - offset)
		return result_number(env, -EINVAL);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, argument_fd(&args, 0), 0);
	if (memory == MAP_FAILED)
		return result_number(env, -errno);
	memcpy(memory + offset, bytes.data, bytes.size);
	munmap(memory, size);
	return result_number(env, 0);
}

/* possibleCpus(): how many values a per-CPU element has. */
static napi_value map_possible_cpus(napi_env env, napi_callback_info info)
{
	(void)info;
	return result_number(env, libbpf_num_possible_cpus());
}

const struct export map_exports[] = {
	{ "lookup", map_lookup },
	{ "update", map_update },
	{ "deleteKey", map_delete },
	{ "nextKey", map_next_key },
	{ "lookupBatch", map_lookup_batch },
	{ "updateBatch", map_update_batch },
	{ "deleteBatch", map_delete_batch },
	{ "writeMemory", map_write_memory },
	{ "possibleCpus", map_possible_cpus },
	{ NULL, NULL },
};

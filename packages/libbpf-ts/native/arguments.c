// SPDX-License-Identifier: Apache-2.0
/* Reading of N-API arguments. rtnetlink reads its own alike: the two packages share no native code,
 * so that either builds and is used alone. */
#include "arguments.h"

#include <errno.h>

struct arguments arguments_read(napi_env env, napi_callback_info info)
{
	struct arguments args = { .env = env, .count = ARGUMENTS_MAX };

	/* Values beyond the given ones are set to undefined by N-API. */
	napi_get_cb_info(env, info, &args.count, args.values, NULL, NULL);
	return args;
}

uint32_t argument_u32(const struct arguments *args, size_t index)
{
	uint32_t value = 0;

	napi_get_value_uint32(args->env, args->values[index], &value);
	return value;
}

int32_t argument_s32(const struct arguments *args, size_t index)
{
	int32_t value = 0;

	napi_get_value_int32(args->env, args->values[index], &value);
	return value;
}

uint64_t argument_u64(const struct arguments *args, size_t index)
{
	uint64_t value = 0;
	bool lossless;

	napi_get_value_bigint_uint64(args->env, args->values[index], &value, &lossless);
	return value;
}

struct bytes argument_bytes(const struct arguments *args, size_t index)
{
	struct bytes bytes = { 0 };
	bool is_buffer = false;

	/* True for every Uint8Array: faster than napi_get_typedarray_info, which makes handles. */
	napi_is_buffer(args->env, args->values[index], &is_buffer);
	if (is_buffer)
		napi_get_buffer_info(args->env, args->values[index], &bytes.data, &bytes.size);
	return bytes;
}

void *argument_external(const struct arguments *args, size_t index)
{
	void *data = NULL;

	napi_get_value_external(args->env, args->values[index], &data);
	return data;
}

const char *argument_text(const struct arguments *args, size_t index, char *buffer)
{
	size_t length;

	if (napi_get_value_string_utf8(args->env, args->values[index], buffer, ARGUMENT_TEXT_MAX,
				       &length) != napi_ok)
		return NULL;
	return buffer;
}

napi_value result_number(napi_env env, int64_t value)
{
	napi_value result;

	napi_create_int64(env, value, &result);
	return result;
}

napi_value result_errno(napi_env env, int64_t value)
{
	return result_number(env, value == -1 ? -errno : value);
}

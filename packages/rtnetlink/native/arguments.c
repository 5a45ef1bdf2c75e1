// SPDX-License-Identifier: Apache-2.0
/* Reading of N-API arguments and writing of results. libbpf-ts reads its own alike: the two
 * packages share no native code, so that either builds and is used alone. */
#include "arguments.h"

#include <errno.h>

struct arguments arguments_read(napi_env env, napi_callback_info info)
{
	struct arguments args = { .env = env };
	size_t count = ARGUMENTS_MAX;

	/* Values beyond the given ones are set to undefined by N-API. */
	napi_get_cb_info(env, info, &count, args.values, NULL, NULL);
	return args;
}

int32_t argument_s32(const struct arguments *args, size_t index)
{
	int32_t value = 0;

	napi_get_value_int32(args->env, args->values[index], &value);
	return value;
}

uint32_t argument_u32(const struct arguments *args, size_t index)
{
	uint32_t value = 0;

	napi_get_value_uint32(args->env, args->values[index], &value);
	return value;
}

struct bytes argument_bytes(const struct arguments *args, size_t index)
{
	struct bytes bytes = { 0 };
	bool is_buffer = false;

	napi_is_buffer(args->env, args->values[index], &is_buffer);
	if (is_buffer)
		napi_get_buffer_info(args->env, args->values[index], &bytes.data, &bytes.size);
	return bytes;
}

const char *argument_path(const struct arguments *args, size_t index, char *buffer)
{
	size_t length = 0;

	buffer[0] = '\0';
	/* Asked for the whole length first: N-API would cut a longer path silently. */
	napi_get_value_string_utf8(args->env, args->values[index], NULL, 0, &length);
	if (length < ARGUMENT_PATH_MAX)
		napi_get_value_string_utf8(args->env, args->values[index], buffer,
					   ARGUMENT_PATH_MAX, &length);
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

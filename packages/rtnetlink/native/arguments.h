// SPDX-License-Identifier: Apache-2.0
/* Reading of N-API arguments and writing of results. The TypeScript side is the only caller and
 * passes the declared types; a value of another type reads as zero, which the kernel refuses. */
#pragma once

#include <node_api.h>
#include <stddef.h>
#include <stdint.h>

#define ARGUMENTS_MAX	  4
#define ARGUMENT_PATH_MAX 4096 /* PATH_MAX with its final NUL */

struct arguments {
	napi_env env;
	napi_value values[ARGUMENTS_MAX];
};

/* Bytes that JavaScript owns: valid until the call returns. */
struct bytes {
	void *data;
	size_t size;
};

struct arguments arguments_read(napi_env env, napi_callback_info info);
int32_t argument_s32(const struct arguments *args, size_t index);
uint32_t argument_u32(const struct arguments *args, size_t index);
struct bytes argument_bytes(const struct arguments *args, size_t index);

/* Copies the path into a buffer of ARGUMENT_PATH_MAX bytes; a path that does not fit becomes empty,
 * which no system call accepts. */
const char *argument_path(const struct arguments *args, size_t index, char *buffer);

napi_value result_number(napi_env env, int64_t value);

/* For system calls that answer -1 and set errno: -1 becomes -errno. */
napi_value result_errno(napi_env env, int64_t value);

// SPDX-License-Identifier: Apache-2.0
/* Arguments from JavaScript and results to it. The TypeScript side is the only caller and passes
 * the declared types; a value of another type reads as zero, which every callee answers with an
 * errno. */
#pragma once

#include <node_api.h>
#include <stddef.h>
#include <stdint.h>

#define ARGUMENTS_MAX	  8
#define ARGUMENT_TEXT_MAX 4096 /* PATH_MAX: the longest text is a path */

struct arguments {
	napi_env env;
	size_t count;
	napi_value values[ARGUMENTS_MAX];
};

/* Bytes that JavaScript owns: valid until the call returns. */
struct bytes {
	void *data;
	size_t size;
};

struct arguments arguments_read(napi_env env, napi_callback_info info);

uint32_t argument_u32(const struct arguments *args, size_t index);
int32_t argument_s32(const struct arguments *args, size_t index);
uint64_t argument_u64(const struct arguments *args, size_t index);
struct bytes argument_bytes(const struct arguments *args, size_t index);
void *argument_external(const struct arguments *args, size_t index);

/* Copies the text into a buffer of ARGUMENT_TEXT_MAX bytes; NULL if the argument is not a string.
 */
const char *argument_text(const struct arguments *args, size_t index, char *buffer);

napi_value result_number(napi_env env, int64_t value);

/* libbpf calls that answer -1 and set errno become -errno; others pass. */
napi_value result_errno(napi_env env, int64_t value);

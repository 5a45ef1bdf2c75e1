// SPDX-License-Identifier: Apache-2.0
/* Capture of what libbpf says: warnings, and with them the verifier's whole log. */
#include "log.h"
#include "addon.h"
#include "arguments.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Per thread: a worker's load does not mix with another's. */
static _Thread_local struct {
	char *text;
	size_t length;
	size_t capacity;
} captured;

static int capture_reserve(size_t more)
{
	size_t capacity = captured.capacity ? captured.capacity : 4096;
	char *text;

	while (capacity < captured.length + more + 1)
		capacity *= 2;
	if (capacity == captured.capacity)
		return 0;
	text = realloc(captured.text, capacity);
	if (!text)
		return -1;
	captured.text = text;
	captured.capacity = capacity;
	return 0;
}

static int capture_message(enum libbpf_print_level level, const char *format, va_list values)
{
	va_list again;
	int length;

	if (level == LIBBPF_DEBUG)
		return 0;
	va_copy(again, values);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0 || capture_reserve(length) < 0)
		return 0;
	vsnprintf(captured.text + captured.length, length + 1, format, values);
	captured.length += length;
	return length;
}

void log_capture_install(void)
{
	libbpf_set_print(capture_message);
}

/* takeLog(): everything said since the last call. */
static napi_value log_take(napi_env env, napi_callback_info info)
{
	napi_value text;

	(void)info;
	napi_create_string_utf8(env, captured.text ? captured.text : "", captured.length, &text);
	free(captured.text);
	captured.text = NULL;
	captured.length = 0;
	captured.capacity = 0;
	return text;
}

const struct export log_exports[] = {
	{ "takeLog", log_take },
	{ NULL, NULL },
};

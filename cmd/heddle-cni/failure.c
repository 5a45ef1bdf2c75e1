// SPDX-License-Identifier: Apache-2.0
#include "failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int fail(struct failure *failure, int code, const char *format, ...)
{
	va_list args;

	failure->code = code;
	failure->details[0] = '\0';
	va_start(args, format);
	vsnprintf(failure->message, sizeof(failure->message), format, args);
	va_end(args);
	return -1;
}

void fail_also(struct failure *failure, const char *format, ...)
{
	size_t length = strlen(failure->message);
	va_list args;

	va_start(args, format);
	vsnprintf(failure->message + length, sizeof(failure->message) - length, format, args);
	va_end(args);
}

void fail_details(struct failure *failure, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(failure->details, sizeof(failure->details), format, args);
	va_end(args);
}

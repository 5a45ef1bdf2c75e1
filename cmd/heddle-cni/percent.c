// SPDX-License-Identifier: Apache-2.0
#include "percent.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte encoded as `%XX` at the start of `text`; -1 when there is none. */
static int encoded_byte(const char *text)
{
	int high, low;

	if (text[0] != '%')
		return -1;
	high = hex_digit(text[1]);
	if (high < 0)
		return -1;
	low = hex_digit(text[2]);
	if (low < 0)
		return -1;
	return high * 16 + low;
}

void percent__decode(char *text)
{
	char *to = text;

	while (*text != '\0') {
		int byte = encoded_byte(text);

		if (byte > 0) {
			*to++ = (char)byte;
			text += 3;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

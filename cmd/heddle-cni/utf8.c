// SPDX-License-Identifier: Apache-2.0
#include "utf8.h"

#include <stddef.h>

/* RFC 3629's table: ranges of the first and second byte; further bytes are 80..BF. */
static const struct form {
	unsigned char first, last;
	unsigned char second_first, second_last;
	size_t length;
} forms[] = {
	{ 0x01, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct form *form_of(unsigned char first)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (first >= forms[i].first && first <= forms[i].last)
			return &forms[i];
	}
	return NULL;
}

/* Length of the character at `text`; 0 when it is invalid. The terminating NUL is not a
 * continuation byte. */
static size_t character_length(const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;
	const struct form *form = form_of(bytes[0]);

	if (!form)
		return 0;
	if (form->length > 1 && (bytes[1] < form->second_first || bytes[1] > form->second_last))
		return 0;
	for (size_t i = 2; i < form->length; i++) {
		if (bytes[i] < 0x80 || bytes[i] > 0xbf)
			return 0;
	}
	return form->length;
}

bool utf8__is_valid(const char *text)
{
	while (*text != '\0') {
		size_t length = character_length(text);

		if (length == 0)
			return false;
		text += length;
	}
	return true;
}

void utf8__scrub(char *text)
{
	while (*text != '\0') {
		size_t length = character_length(text);

		if (length == 0)
			*text = '?';
		text += length ? length : 1;
	}
}

// SPDX-License-Identifier: Apache-2.0
/* UTF-8 of RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
#pragma once

#include <stdbool.h>

bool utf8__is_valid(const char *text);
/* Replaces every byte that is not part of a valid character with '?': JSON must be UTF-8. */
void utf8__scrub(char *text);

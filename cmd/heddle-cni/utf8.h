// SPDX-License-Identifier: Apache-2.0
/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#pragma once

#include <stdbool.h>

bool utf8__is_valid(const char *text);
/* Puts '?' for every byte that belongs to no valid character: JSON allows nothing else. */
void utf8__scrub(char *text);

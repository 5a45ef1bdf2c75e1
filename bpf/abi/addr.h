// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The one address type: 16 bytes in network order, IPv4 as ::ffff:a.b.c.d (RFC 4291
 * section 2.5.5.2). */
#pragma once

#include "types.h"

struct addr {
	union {
		__u8 bytes[16];
		__be32 words[4];
		__u64 halves[2];
	};
};

_Static_assert(sizeof(struct addr) == 16, "an address is 16 bytes in every key");

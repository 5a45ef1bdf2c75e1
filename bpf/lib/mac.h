// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Ethernet addresses and the header they stand in. */
#pragma once

#include <linux/if_ether.h>

#include "abi/types.h"

static __always_inline bool mac_equal(const struct mac *a, const struct mac *b)
{
	const __u16 *x = (const __u16 *)a, *y = (const __u16 *)b;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}

/* Reads a setting: only volatile accesses keep the compiler from folding in the object's zeros. */
static __always_inline struct mac mac_setting(const volatile struct mac *setting)
{
	struct mac mac;

	for (int i = 0; i < ETH_ALEN; i++)
		mac.bytes[i] = setting->bytes[i];
	return mac;
}

struct ethernet {
	struct mac destination;
	struct mac source;
	__be16 ethertype;
};

_Static_assert(sizeof(struct ethernet) == ETH_HLEN, "as on the wire");

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Addresses: from headers into the one 16-byte form, and what kind of address it is. */
#pragma once

#include "abi/addr.h"

static __always_inline void addr_set_ipv4(struct addr *addr, __be32 ipv4)
{
	addr->halves[0] = 0;
	addr->words[2] = bpf_htonl(0xffff);
	addr->words[3] = ipv4;
}

static __always_inline bool addr_is_ipv4(const struct addr *addr)
{
	return addr->halves[0] == 0 && addr->words[2] == bpf_htonl(0xffff);
}

static __always_inline bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->halves[0] == b->halves[0] && a->halves[1] == b->halves[1];
}

static __always_inline bool addr_is_zero(const struct addr *addr)
{
	return addr->halves[0] == 0 && addr->halves[1] == 0;
}

/* 224.0.0.0/4, 255.255.255.255, ff00::/8. */
static __always_inline bool addr_is_multicast(const struct addr *addr)
{
	if (addr_is_ipv4(addr))
		return (addr->bytes[12] & 0xf0) == 0xe0 || addr->words[3] == 0xffffffff;
	return addr->bytes[0] == 0xff;
}

/* Loopback or unspecified, RFC 6890: 0.0.0.0/8, 127.0.0.0/8, ::, ::1. */
static __always_inline bool addr_is_this_host(const struct addr *addr)
{
	if (addr_is_ipv4(addr))
		return addr->bytes[12] == 0 || addr->bytes[12] == 127;
	return addr->halves[0] == 0 && addr->words[2] == 0 && (bpf_ntohl(addr->words[3]) <= 1);
}

/* fe80::/10. */
static __always_inline bool addr_is_link_local(const struct addr *addr)
{
	return addr->bytes[0] == 0xfe && (addr->bytes[1] & 0xc0) == 0x80;
}

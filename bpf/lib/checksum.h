// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The Internet checksum (RFC 1071). One's complement sums do not care for byte order, so everything
 * here is in wire order throughout. */
#pragma once

/* Folds a sum of 16-bit words into the value of a check field. */
static __always_inline __u16 checksum_fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* The check field after one word of the sum changed (RFC 1624, equation 3). */
static __always_inline __u16 checksum_replace(__u16 check, __be16 from, __be16 to)
{
	return checksum_fold((__u16)~check + (__u16)~from + to);
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_ct_share: how many rows of hd_ct each host has, a local pod or an address outside. Rows are
 * found by a keyed hash: two hosts may share one, and over the share a flow is only evictable. */
#pragma once

#include "abi/conntrack.h"
#include "lib/endpoint.h"

enum {
	CT_SHARE_ROWS = 65536,
	/* As powers of two: a pod has at most a quarter of hd_ct, any other host an eighth. */
	CT_SHARE_POD = 2,
	CT_SHARE_HOST = 3,
	/* A host with fewer rows has a small share: a flow that it opens is admitted also where
	 * other hosts have used up what a server may have. */
	CT_SHARE_SMALL = 6,
	/* Reserved for hosts with a small share: an eighth of hd_ct, and half as much again of what
	 * a server may have. */
	CT_SHARE_RESERVE = 3,
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CT_SHARE_ROWS);
	__type(key, __u32);
	__type(value, struct ct_share);
} hd_ct_share SEC(".maps");

/* The host of an address: a pod has several addresses, an IPv6 host outside of the cluster counts
 * by its /64. */
static __always_inline __u32 ct_share_row(const struct endpoint *endpoint, const struct addr *addr,
					  __u64 seed)
{
	__u64 high = addr->halves[0], low = 0;

	if (endpoint_is(endpoint, ENDPOINT_LOCAL_POD)) {
		high = endpoint->pod_id;
		low = 1;
	} else if (endpoint || addr_is_ipv4(addr)) {
		low = addr->halves[1];
	} else {
		low = 2;
	}
	high = (high ^ seed) * 0x9e3779b97f4a7c15ULL;
	low = (low ^ (high >> 32)) * 0xc2b2ae3d27d4eb4fULL;
	low = (low ^ (low >> 29) ^ high) * 0x9e3779b97f4a7c15ULL;
	return low >> 48;
}

static __always_inline __u32 ct_share_limit(const struct endpoint *endpoint, __u32 rows)
{
	return (rows >>
		(endpoint_is(endpoint, ENDPOINT_LOCAL_POD) ? CT_SHARE_POD : CT_SHARE_HOST)) +
	       1;
}

static __always_inline void ct_share_add(__u32 row, __u32 live, __u32 ended)
{
	struct ct_share *share = bpf_map_lookup_elem(&hd_ct_share, &row);

	if (!share)
		return;
	if (live)
		__sync_fetch_and_add(&share->live, live);
	if (ended)
		__sync_fetch_and_add(&share->ended, ended);
}

/* Ended connections are counted apart: a host that closes many keeps its share for open ones. */
static __always_inline bool ct_share_is_used_up(__u32 row, __u32 limit)
{
	const struct ct_share *share = bpf_map_lookup_elem(&hd_ct_share, &row);

	return !share || share->live >= limit || share->ended >= limit;
}

static __always_inline bool ct_share_is_small(__u32 row, __u32 rows)
{
	const struct ct_share *share = bpf_map_lookup_elem(&hd_ct_share, &row);

	return share && share->live < (rows >> CT_SHARE_SMALL) + 1;
}

/* More than half of the rows of any host are ended connections. */
static __always_inline bool ct_share_is_stale(__u32 row, __u32 rows)
{
	const struct ct_share *share = bpf_map_lookup_elem(&hd_ct_share, &row);

	return share && share->ended > rows >> (CT_SHARE_HOST + 1);
}

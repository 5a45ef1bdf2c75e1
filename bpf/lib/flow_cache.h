// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_cache_ipv4, hd_cache_ipv6: a settled flow's row, and whether it may be used. */
#pragma once

#include "abi/config.h"
#include "lib/control.h"
#include "lib/ct_numbers.h"
#include "lib/flow_epoch.h"
#include "lib/redirect.h"
#include "lib/settled.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct cache_key_ipv4);
	__type(value, struct cached_flow);
} hd_cache_ipv4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct cache_key_ipv6);
	__type(value, struct cached_flow);
} hd_cache_ipv6 SEC(".maps");

enum {
	CACHE_MISS = -2, /* no enum ctx_action: the hook's stages decide */
};

static __always_inline const struct cached_flow *cache_lookup(const struct settled *packet)
{
	if (packet->is_ipv4)
		return bpf_map_lookup_elem(&hd_cache_ipv4, &packet->key.ipv4);
	return bpf_map_lookup_elem(&hd_cache_ipv6, &packet->key.ipv6);
}

static __always_inline __u32 cache_epoch_row(const struct settled *packet)
{
	if (packet->is_ipv4)
		return flow_epoch_row(packet->key.ipv4.source, packet->key.ipv4.destination,
				      packet->key.ipv4.source_port,
				      packet->key.ipv4.destination_port);
	return flow_epoch_row(flow_epoch_fold(&packet->key.ipv6.source),
			      flow_epoch_fold(&packet->key.ipv6.destination),
			      packet->key.ipv6.source_port, packet->key.ipv6.destination_port);
}

/* Nothing has changed since the row was made, and no trace is under way. */
static __always_inline bool cache_is_valid(const struct cached_flow *flow,
					   const struct control *control, __u32 flow_row)
{
	return flow->generation == (__u32)control->generation && !control->nonce[0] &&
	       flow->tables_epoch == flow_epoch_read(FLOW_EPOCH_TABLES) &&
	       flow->flow_epoch == flow_epoch_read(flow_row) && ctx_now() < flow->valid_until_ns;
}

/* The flow's entry has to note the packet's numbers. */
static __always_inline bool cache_lags(const struct cached_flow *flow, const struct settled *packet)
{
	return packet->protocol == IPPROTO_TCP &&
	       (ct_has_moved(flow->sequence, packet->sequence) ||
		ct_has_moved(flow->acknowledged, packet->acknowledged));
}

/* The row that holds for the packet, whose key is complete; NULL: none does. */
static __always_inline const struct cached_flow *cache_find(const struct settled *packet)
{
	const struct control *control = control_get();
	const struct cached_flow *flow = cache_lookup(packet);

	if (!flow || !control || !cache_is_valid(flow, control, cache_epoch_row(packet)) ||
	    cache_lags(flow, packet))
		return NULL;
	return flow;
}

/* Asked once all that is used has been copied: the row was this flow's until then. */
static __always_inline bool cache_was_own(const struct cached_flow *flow,
					  const struct settled *packet)
{
	__u64 difference = 0;

	barrier();
	for (int i = 0; i < CACHED_KEY_WORDS; i++)
		difference |= flow->key[i] ^ packet->key.words[i];
	return !difference;
}

/* The frame comes from and to whom the flow's packets did. */
static __always_inline bool cache_has_macs(ctx_t *ctx, const struct cached_flow *flow)
{
	const struct ethernet *ethernet = settled_at(ctx, 0, sizeof(*ethernet));

	return ethernet && mac_equal(&ethernet->destination, &flow->destination_mac) &&
	       mac_equal(&ethernet->source, &flow->source_mac);
}

struct cache_pod {
	__u32 ifindex;
	struct mac mac;
};

/* Which pod has the flow's packets; false: the row was another flow's by then. */
static __always_inline bool cache_read_pod(const struct cached_flow *flow,
					   const struct settled *packet, struct cache_pod *pod)
{
	pod->ifindex = flow->ifindex;
	pod->mac = flow->pod_mac;
	return cache_was_own(flow, packet);
}

/* An Ethernet header, and IPv4's as far as its check: written at once. */
struct cache_ipv4_start {
	struct ethernet ethernet;
	__u8 version;
	__u8 dsfield;
	__be16 length;
	__u32 fragment;
	__u8 ttl;
	__u8 protocol;
	__u16 check;
} __attribute__((packed));

static __always_inline void cache_write_ipv4(ctx_t *ctx, const struct settled *packet,
					     struct mac pod)
{
	struct cache_ipv4_start start = {
		.ethernet = {
			.destination = pod,
			.source = mac_setting(&CONFIG_GET(gateway_mac)),
			.ethertype = bpf_htons(ETH_P_IP),
		},
		.version = SETTLED_IPV4_VERSION,
		.dsfield = packet->dsfield,
		.length = bpf_htons(packet->length),
		.fragment = packet->ipv4_fragment,
		.ttl = packet->ttl - 1,
		.protocol = packet->protocol,
		.check = ttl_ipv4_check(packet->ipv4_check),
	};

	bpf_skb_store_bytes(ctx, 0, &start, sizeof(start), 0);
}

/* Into the pod. The IP packet stands behind the Ethernet header. */
static __always_inline void cache_redirect_pod(ctx_t *ctx, const struct settled *packet,
					       const struct cache_pod *pod)
{
	if (packet->is_ipv4) {
		cache_write_ipv4(ctx, packet, pod->mac);
	} else {
		redirect_write_ethernet(ctx, mac_setting(&CONFIG_GET(gateway_mac)), pod->mac,
					false);
		settled_decrement_ttl(ctx, ETH_HLEN, packet);
	}
	bpf_redirect_peer(pod->ifindex, 0);
}

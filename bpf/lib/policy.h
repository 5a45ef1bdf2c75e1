// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Policy tables: the verdict for one pod, one peer and one port. A look-up costs the same for one
 * rule and for a hundred thousand. */
#pragma once

#include "lib/control.h"
#include "lib/endpoint.h"

enum {
	PORT_BITS = 16,
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct pod_policy);
} hd_pod SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct cidr_key);
	__type(value, struct cidr);
} hd_cidr SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct policy_peer_key);
	__type(value, struct policy_peer);
} hd_policy_peer SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 524288);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct rule_set_key);
	__type(value, struct rule_verdict);
} hd_rule_set SEC(".maps");

/* Which policies apply to a packet. */
enum policy_scope {
	SCOPE_ALL,
	/* A pod and itself, through a Service: NetworkPolicy does not apply. */
	SCOPE_SELF,
	/* To an address of this node that hd_endpoint does not have: to `nodes` peers it is this
	 * node, to `networks` peers itself. NetworkPolicy never comes between. */
	SCOPE_NODE,
	/* From an address of this node by masquerading; before Linux 6.4 the real source is
	 * unknown. Ingress policy takes it for an address of a network, not for this node. */
	SCOPE_MASQUERADED,
};

/* One query to policy, and its result. */
struct policy_query {
	enum policy_scope scope;
	__u32 bank; /* of the tables: 0 or 1 */
	__u32 vni;
	__u32 pod_id;
	enum policy_direction direction;
	struct addr peer;
	__u8 protocol;
	__be16 port; /* the responder's */
	/* The result. */
	__u32 policy;
	__u32 identity;
	__u32 rule_set;
	struct rule_verdict verdict; /* action 0: no policy is active */
};

static __always_inline __u32 policy_of_pod(const struct policy_query *query)
{
	__u32 pod_id = query->pod_id;
	const struct pod_policy *pod = bpf_map_lookup_elem(&hd_pod, &pod_id);
	__u32 bank = query->bank & 1;

	if (!pod)
		return POLICY_ABSENT;
	if (query->scope == SCOPE_NODE && pod->egress[bank] != POLICY_ABSENT)
		/* A node always reaches its own pods. */
		return query->direction == POLICY_EGRESS ? pod->own_node[bank] : POLICY_OPEN;
	return query->direction == POLICY_EGRESS ? pod->egress[bank] : pod->ingress[bank];
}

static __always_inline __u32 policy_cidr_identity(const struct policy_query *query)
{
	struct cidr_key key = {
		.prefix_bits = 32 + 128,
		.vni = bpf_htonl(query->vni),
		.addr = query->peer,
	};
	const struct cidr *cidr = bpf_map_lookup_elem(&hd_cidr, &key);

	return cidr ? cidr->identity[query->bank & 1] : 0;
}

/* Of the endpoint, else of the longest prefix in hd_cidr. */
static __always_inline __u32 policy_identity(const struct policy_query *query)
{
	const struct endpoint *endpoint = NULL;

	if (query->scope != SCOPE_MASQUERADED || query->direction != POLICY_INGRESS)
		endpoint = endpoint_find(query->vni, &query->peer);

	return endpoint ? endpoint->identity[query->bank & 1] : policy_cidr_identity(query);
}

static __always_inline const struct policy_peer *policy_find_peer(__u32 policy, __u32 identity)
{
	struct policy_peer_key key = { .policy = policy, .identity = identity };
	const struct policy_peer *peer = bpf_map_lookup_elem(&hd_policy_peer, &key);

	if (peer || !identity)
		return peer;
	key.identity = 0;
	return bpf_map_lookup_elem(&hd_policy_peer, &key);
}

/* The longest prefix of the port that has a row. */
static __always_inline const struct rule_verdict *
policy_find_verdict(const struct policy_peer *peer, __u8 protocol, __u16 port)
{
	struct rule_set_key key = { .rule_set = peer->rule_set, .protocol = protocol };
	const struct rule_verdict *verdict;

	for (int bits = PORT_BITS; bits >= 0 && parse_has_ports(protocol); bits--) {
		if (!(peer->prefix_lengths & (1 << bits)))
			continue;
		key.prefix_bits = bits;
		key.port = bpf_htons(port & ~(0xffff >> bits));
		verdict = bpf_map_lookup_elem(&hd_rule_set, &key);
		if (verdict)
			return verdict;
	}
	key.protocol = 0;
	key.prefix_bits = 0;
	key.port = 0;
	return bpf_map_lookup_elem(&hd_rule_set, &key);
}

/* The verdict on query->identity; action 0 without one. */
CTX_VERIFIED_ONCE int policy_match(struct policy_query *query)
{
	const struct policy_peer *peer;
	const struct rule_verdict *verdict;

	if (!query)
		return 0;
	query->verdict.action = 0;
	peer = policy_find_peer(query->policy, query->identity);
	if (!peer)
		return 0;
	query->rule_set = peer->rule_set;
	verdict = policy_find_verdict(peer, query->protocol, bpf_ntohs(query->port));
	if (verdict)
		query->verdict = *verdict;
	return 0;
}

/* Only a ClusterNetworkPolicy's rule counts. */
static __always_inline void policy_keep_cluster_rule(struct policy_query *query)
{
	if (query->verdict.action && !(query->verdict.flags & RULE_CLUSTER_POLICY)) {
		query->verdict.action = POLICY_ALLOW;
		query->verdict.rule = 0;
	}
}

/* A function of its own, verified once: a new flow has a query for each end. */
__noinline int policy_lookup(struct policy_query *query)
{
	if (!query)
		return 0;
	query->policy = policy_of_pod(query);
	if (query->policy == POLICY_OPEN) {
		query->verdict.action = POLICY_ALLOW;
		return 0;
	}
	if (query->policy == POLICY_ABSENT)
		return 0;
	query->identity = policy_identity(query);
	policy_match(query);
	if (query->scope == SCOPE_SELF)
		policy_keep_cluster_rule(query);
	return 0;
}

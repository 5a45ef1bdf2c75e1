// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Network policy as tables. All ordering (tiers, priorities, Pass, default deny, union) was
 * resolved when they were compiled: a packet is looked up by one pod, one peer and one port.
 *
 * Everything that a change of policy can change is in two banks, A and B; the generation's lowest
 * bit selects the active one. A change fills the shadow bank and then increments the generation
 * (hd_control). */
#pragma once

#include "addr.h"

enum {
	POLICY_BANKS = 2,
};

/* Numbers of policies that have no rows; all others are above. */
enum policy_id {
	POLICY_ABSENT = 0, /* not active yet: nothing passes */
	POLICY_OPEN = 1,   /* nothing selects the pod in this direction: everything passes */
};

/* hd_pod: the policies of a pod, by its slot on this node; shared by all its addresses. */
struct pod_policy {
	__u32 egress[POLICY_BANKS];
	__u32 ingress[POLICY_BANKS];
	/* Egress towards an address of this node that is no endpoint: the rules of
	 * ClusterNetworkPolicies alone, those with `nodes` peers resolved for this node. */
	__u32 own_node[POLICY_BANKS];
};

/* hd_cidr: identity of an address that is no endpoint. Longest prefix wins; its identity stands for
 * all prefixes that contain it. */
struct cidr_key {
	__u32 prefix_bits; /* 32 (VNI) + 0..128; an IPv4 prefix counts 96 more */
	__be32 vni;	   /* VXLAN network identifier; LPM compares bits in wire order */
	struct addr addr;
};

struct cidr {
	__u32 identity[POLICY_BANKS];
};

/* hd_policy_peer: the one rule set that holds between a policy and a peer. Identity 0 stands for
 * all peers without a row; every policy has that row. */
struct policy_peer_key {
	__u32 policy;
	__u32 identity;
};

struct policy_peer {
	__u32 rule_set;
	__u32 prefix_lengths; /* bit n: some row of the rule set has a port prefix of n bits, 0..16
			       */
};

/* hd_rule_set: the verdict on a protocol and a port; the longest port prefix wins. Protocol 0 with
 * no bits is every protocol that has no row of its own, and is always there. */
struct rule_set_key {
	__u32 rule_set;
	__u8 protocol;	  /* IPPROTO_TCP, _UDP, _SCTP; 0: any other */
	__u8 prefix_bits; /* of the port, 0..16 */
	__be16 port;	  /* the prefix's bits, the others 0 */
};

enum policy_action {
	POLICY_ALLOW = 1,
	POLICY_DENY,
};

enum rule_flag {
	/* An Admin-tier Deny that holds for every pod: uplink_xdp may act on it. */
	RULE_EVERY_POD = 1,
	/* A ClusterNetworkPolicy's, not a NetworkPolicy's or the default. */
	RULE_CLUSTER_POLICY = 2,
};

struct rule_verdict {
	__u32 rule;  /* as in hd_rule; 0: nothing selects the pod in this direction */
	__u8 action; /* enum policy_action */
	__u8 flags;  /* enum rule_flag */
	__u8 pad[2];
};

enum rule_kind {
	RULE_LISTED = 1,     /* one of the policy's own rules */
	RULE_ISOLATED,	     /* no rule matched, and this NetworkPolicy isolates the pod */
	RULE_DEFAULT_ACCEPT, /* no rule matched, and no NetworkPolicy isolates the pod */
};

/* hd_rule: what a rule's number means. */
struct rule {
	__u32 policy_name; /* as in hd_policy_name; 0 with RULE_DEFAULT_ACCEPT */
	__u16 index;	   /* with RULE_LISTED: position in the policy's list, from 0 */
	__u8 kind;	   /* enum rule_kind */
	__u8 direction;	   /* enum policy_direction */
};

enum policy_direction {
	POLICY_EGRESS = 1,
	POLICY_INGRESS,
};

enum policy_kind {
	POLICY_KIND_NETWORK = 1, /* networking.k8s.io/v1 NetworkPolicy */
	POLICY_KIND_CLUSTER,	 /* policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy */
};

/* hd_policy_name: whose rule it is. */
struct policy_name {
	__u8 kind;	    /* enum policy_kind */
	__u8 namespace[64]; /* UTF-8, ends with a zero byte; empty: cluster-wide */
	__u8 name[256];	    /* UTF-8, ends with a zero byte */
	__u8 pad[7];
};

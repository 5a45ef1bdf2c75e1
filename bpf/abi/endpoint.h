// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_endpoint: every single address of the cluster that has a meaning: pods, nodes and
 * Services. */
#pragma once

#include "addr.h"
#include "policy.h"

enum endpoint_kind {
	ENDPOINT_LOCAL_POD = 1, /* behind ifindex, with that mac */
	ENDPOINT_LOCAL_HOST,	/* an address of this node */
	ENDPOINT_REMOTE_POD,	/* on node_id */
	ENDPOINT_REMOTE_NODE,	/* an address of node_id itself */
	ENDPOINT_SERVICE,	/* of Services, nothing else: hd_service has their ports */
};

struct endpoint_key {
	__u32 vni;
	__u32 pad; /* always 0 */
	struct addr addr;
};

struct endpoint {
	__u32 kind;		      /* enum endpoint_kind */
	__u32 identity[POLICY_BANKS]; /* in policy tables; 0: any peer */
	__u32 node_id;		      /* owner, as in hd_node */
	__u32 ifindex;		      /* local pods: host-side veth */
	__u32 pod_id;		      /* local pods: as in hd_iface */
	struct mac mac;		      /* local pods: the pod's own MAC */
	__u16 flags;		      /* enum iface_flag of the pod's device */
};

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_iface: the devices of pods, and the uplinks. */
#pragma once

#include "types.h"

enum iface_kind {
	IFACE_POD = 1, /* a pod's host-side veth */
	IFACE_UPLINK,  /* carries the underlay: tunnels, and direct routes in both directions */
};

enum iface_flag {
	/* A foreign qdisc or filter stands on the device: packets go through the host's stack. */
	IFACE_SLOW_PATH = 1,
	/* Of an uplink: uplink_tx is attached, and checks what leaves. */
	IFACE_GUARDED = 2,
};

struct iface_key {
	__u32 ifindex;
};

struct iface {
	__u32 vni;	/* pods: VXLAN network identifier, 24 bits */
	__u32 pod_id;	/* pods: number of the pod on this node; all its addresses share it */
	struct mac mac; /* pods: the pod's own MAC */
	__u8 kind;	/* enum iface_kind */
	__u8 flags;	/* enum iface_flag */
};

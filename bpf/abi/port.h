// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* hd_port: who is behind a pod's host-side veth. */
#pragma once

#include "types.h"

enum port_flag {
	/* A foreign qdisc or filter stands on the device: packets go through the host's stack. */
	PORT_SLOW_PATH = 1,
};

struct port_key {
	__u32 ifindex;
};

struct port {
	__u32 segment;	/* VXLAN network identifier, 24 bits */
	__u32 pod_slot; /* number of the pod on this node; all its addresses share it */
	struct mac mac; /* the pod's own MAC */
	__u16 flags;	/* enum port_flag */
};

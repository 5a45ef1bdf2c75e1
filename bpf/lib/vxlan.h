// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The VXLAN header, RFC 7348 section 5. */
#pragma once

#include <linux/in.h>

#include "abi/config.h"
#include "lib/packet.h"

enum {
	VXLAN_UDP_HEADER = 8,
	VXLAN_FLAG_VNI = 0x08, /* "I": the VNI is valid; all other bits are reserved, and ignored */
};

struct vxlan {
	__u8 flags;
	__u8 reserved[3];
	__be32 vni; /* in the upper 24 bits */
};

static __always_inline struct vxlan vxlan_header(__u32 vni)
{
	struct vxlan header = { .flags = VXLAN_FLAG_VNI, .vni = bpf_htonl(vni << 8) };

	return header;
}

static __always_inline __u32 vxlan_vni(const struct vxlan *header)
{
	return bpf_ntohl(header->vni) >> 8;
}

/* UDP to the overlay's port; a later fragment only once its ports were found. */
static __always_inline bool vxlan_is_port(const struct packet *pkt)
{
	return pkt->protocol == IPPROTO_UDP &&
	       pkt->destination_port == bpf_htons(CONFIG_GET(vxlan_port));
}

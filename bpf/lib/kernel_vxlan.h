// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The kernel's own vxlan device, for packets that BPF cannot encapsulate: a tunnel key has the
 * destination. */
#pragma once

#include "lib/redirect.h"

enum {
	ERROR_ALREADY = -114, /* EALREADY: is a tunnel packet already, so the kernel says */
	ERROR_NOTSUPP = -524, /* ENOTSUPP: segmentation offload that is neither TCP's nor UDP's */
	ERROR_PROTO = -71,    /* EPROTO: the tunnel key is of the other address family */
};

static __always_inline bool kernel_vxlan_is_needed(long error)
{
	return error == ERROR_ALREADY || error == ERROR_NOTSUPP;
}

static __always_inline long kernel_vxlan_set_key(ctx_t *ctx, const struct packet *pkt)
{
	const struct addr *remote = &pkt->route->tunnel;
	struct bpf_tunnel_key key = {
		.tunnel_id = pkt->vni,
		.tunnel_tos = pkt->dsfield,
		.tunnel_ttl = CONFIG_GET(tunnel_ttl),
	};

	if (addr_is_ipv4(remote)) {
		key.remote_ipv4 = bpf_ntohl(remote->words[3]);
		return bpf_skb_set_tunnel_key(ctx, &key, sizeof(key), BPF_F_ZERO_CSUM_TX);
	}
	__builtin_memcpy(key.remote_ipv6, remote, sizeof(key.remote_ipv6));
	return bpf_skb_set_tunnel_key(ctx, &key, sizeof(key),
				      BPF_F_ZERO_CSUM_TX | BPF_F_TUNINFO_IPV6);
}

static __always_inline enum verdict kernel_vxlan_send(ctx_t *ctx, struct packet *pkt)
{
	if (!CONFIG_GET(kernel_vxlan) || kernel_vxlan_set_key(ctx, pkt))
		return DROP_ENCAP;
	redirect_set_ethernet(ctx, pkt, mac_setting(&CONFIG_GET(overlay_mac)),
			      pkt->route->vtep_mac);
	if (ctx->ifindex == CONFIG_GET(overlay_ifindex))
		return REDIRECT_KERNEL; /* is on its way into the device already */
	bpf_redirect(CONFIG_GET(overlay_ifindex), 0);
	pkt->redirected = true;
	return REDIRECT_KERNEL;
}

/* The tunnel that a frame came by or is to leave by: its other end and its VNI. */
static __always_inline bool kernel_vxlan_get_key(ctx_t *ctx, struct addr *remote, __u32 *vni)
{
	struct bpf_tunnel_key key;
	long error;

	if (!CONFIG_GET(kernel_vxlan))
		return false; /* another tunnel's */
	error = bpf_skb_get_tunnel_key(ctx, &key, sizeof(key), 0);
	if (!error) {
		addr_set_ipv4(remote, bpf_htonl(key.remote_ipv4));
	} else {
		if (error != ERROR_PROTO ||
		    bpf_skb_get_tunnel_key(ctx, &key, sizeof(key), BPF_F_TUNINFO_IPV6))
			return false;
		__builtin_memcpy(remote, key.remote_ipv6, sizeof(*remote));
	}
	*vni = key.tunnel_id;
	return true;
}

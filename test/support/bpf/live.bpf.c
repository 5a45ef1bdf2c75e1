// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What tests with real frames need of the kernel: a way in and a way to look. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Run over live frames: each leaves by the device it is said to have come in by. */
SEC("xdp")
int transmit(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_TX;
}

/* veth takes and gives live frames only where a native XDP program stands. */
SEC("xdp")
int gate(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}

enum {
	FRAME_MAX = 2048,
	FRAMES_BYTES = 1 << 20,
};

struct frame {
	__u32 ifindex;
	__u32 length;	/* as the device saw it; bytes has FRAME_MAX of it at most */
	__u32 gso_size; /* 0 unless a super-packet */
	/* Verified checksums beyond the outermost; negative: the stack has to verify even that. */
	__s32 checksum_level;
	__u32 packet_type; /* PACKET_HOST: the stack takes it in */
	__u8 bytes[FRAME_MAX];
};

struct frame *frame_in_btf; /* no map refers to the type */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, FRAMES_BYTES);
} frames SEC(".maps");

/* At a device's ingress: keeps what it received and lets nobody else have it. */
SEC("tc")
int capture(struct __sk_buff *ctx)
{
	struct frame *frame = bpf_ringbuf_reserve(&frames, sizeof(*frame), 0);
	__u32 length = ctx->len < FRAME_MAX ? ctx->len : FRAME_MAX;

	if (!frame)
		return TC_ACT_SHOT;
	frame->ifindex = ctx->ifindex;
	frame->length = ctx->len;
	frame->gso_size = ctx->gso_size;
	frame->checksum_level = bpf_csum_level(ctx, BPF_CSUM_LEVEL_QUERY);
	frame->packet_type = ctx->pkt_type;
	if (length > 0)
		bpf_skb_load_bytes(ctx, 0, frame->bytes, length);
	bpf_ringbuf_submit(frame, 0);
	return TC_ACT_SHOT;
}

enum {
	NEXT = -1, /* TCX_NEXT: linux/bpf.h since 6.6; Debian has an older one */
	VLAN_ETHERTYPE = 0x8100,
	VLAN_7 = 7,
};

/* As a VLAN device does that stands on this one. */
SEC("tc")
int tag(struct __sk_buff *ctx)
{
	bpf_skb_vlan_push(ctx, bpf_htons(VLAN_ETHERTYPE), VLAN_7);
	return NEXT;
}

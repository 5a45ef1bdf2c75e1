// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Small datagrams by the million: a source below every socket, and a sink that counts. */
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum {
	NEXT = -1, /* TCX_NEXT: linux/bpf.h since 6.6; Debian has an older one */
	FRAME_BYTES = 60,
	UDP = 17,
};

struct source {
	__u8 frame[FRAME_BYTES];
	__u32 first_port;
	__u32 ports; /* so many, one after the other */
	__u32 sent;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct source);
} source SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} arrived SEC(".maps");

/* Over live frames: each leaves by the device it is said to have come in by. All of it is written
 * anew, since pages come back as those they met have left them. */
SEC("xdp")
int flood(struct xdp_md *ctx)
{
	__u32 zero = 0;
	struct source *from = bpf_map_lookup_elem(&source, &zero);
	__u8 *data = (__u8 *)(long)ctx->data;
	struct udphdr *udp = (struct udphdr *)(data + ETH_HLEN + sizeof(struct iphdr));

	if (!from || data + FRAME_BYTES > (__u8 *)(long)ctx->data_end || !from->ports)
		return XDP_DROP;
	__builtin_memcpy(data, from->frame, FRAME_BYTES);
	udp->source = bpf_htons(from->first_port + from->sent % from->ports);
	from->sent++;
	return XDP_TX;
}

/* At the receiver's ingress: datagrams over IPv4 end here. */
SEC("tc")
int sink(struct __sk_buff *ctx)
{
	__u32 zero = 0;
	__u8 protocol = 0;
	__u64 *packets;

	if (ctx->protocol != bpf_htons(ETH_P_IP))
		return NEXT;
	bpf_skb_load_bytes(ctx, ETH_HLEN + offsetof(struct iphdr, protocol), &protocol, 1);
	packets = bpf_map_lookup_elem(&arrived, &zero);
	if (protocol != UDP || !packets)
		return NEXT;
	(*packets)++;
	return TC_ACT_SHOT;
}

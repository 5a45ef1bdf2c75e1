// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Small datagrams to many addresses, each flow to its own: a source below every socket. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum {
	FRAME_BYTES = 60,
	FLOWS_MAX = 32768,
};

struct spread_source {
	__u8 frame[FRAME_BYTES]; /* to 0.0.0.0, the header's sum right for that */
	__u32 first_port;
	__u32 flows; /* so many, one after the other */
	__u32 sent;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct spread_source);
} source SEC(".maps");

/* By flow: where it goes. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FLOWS_MAX);
	__type(key, __u32);
	__type(value, __be32);
} destinations SEC(".maps");

/* RFC 1624, from an address of zeros. */
static __always_inline void set_destination(struct iphdr *ip, __be32 address)
{
	__u32 sum = (__u16)~ip->check;

	sum += (address & 0xffff) + (address >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	ip->daddr = address;
	ip->check = ~sum;
}

/* Over live frames, as flood is. */
SEC("xdp")
int spread(struct xdp_md *ctx)
{
	__u32 zero = 0, flow;
	struct spread_source *from = bpf_map_lookup_elem(&source, &zero);
	__u8 *data = (__u8 *)(long)ctx->data;
	struct iphdr *ip = (struct iphdr *)(data + ETH_HLEN);
	struct udphdr *udp = (struct udphdr *)(ip + 1);
	const __be32 *destination;

	if (!from || data + FRAME_BYTES > (__u8 *)(long)ctx->data_end || !from->flows)
		return XDP_DROP;
	flow = from->sent++ % from->flows;
	destination = bpf_map_lookup_elem(&destinations, &flow);
	if (!destination)
		return XDP_DROP;
	__builtin_memcpy(data, from->frame, FRAME_BYTES);
	set_destination(ip, *destination);
	udp->source = bpf_htons(from->first_port + flow);
	return XDP_TX;
}

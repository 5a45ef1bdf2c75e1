// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Somebody else's programs: one counts what it is shown, the other refuses datagrams to a port. */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum {
	NEXT = -1, /* TCX_NEXT: linux/bpf.h since 6.6; Debian has an older one */
	REFUSED_PORT = 7008,
	UDP = 17,
	IPV4_PROTOCOL = 23,
	IPV4_PORT = 36,
	IPV6_PROTOCOL = 20,
	IPV6_PORT = 56,
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} packets_seen SEC(".maps");

SEC("tc")
int seen(struct __sk_buff *ctx)
{
	__u32 index = 0;
	__u64 *packets = bpf_map_lookup_elem(&packets_seen, &index);

	(void)ctx;
	if (packets)
		__sync_fetch_and_add(packets, 1);
	return NEXT;
}

SEC("tc")
int refuse(struct __sk_buff *ctx)
{
	bool ipv4 = ctx->protocol == bpf_htons(0x0800);
	__be16 port = 0;
	__u8 protocol = 0;

	bpf_skb_load_bytes(ctx, ipv4 ? IPV4_PROTOCOL : IPV6_PROTOCOL, &protocol, sizeof(protocol));
	bpf_skb_load_bytes(ctx, ipv4 ? IPV4_PORT : IPV6_PORT, &port, sizeof(port));
	return protocol == UDP && port == bpf_htons(REFUSED_PORT) ? TC_ACT_SHOT : NEXT;
}

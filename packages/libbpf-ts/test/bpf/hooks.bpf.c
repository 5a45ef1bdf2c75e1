// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program for each hook that the package attaches to; each counts its runs in t_runs under its
 * own number. */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define UNUSED	 __attribute__((unused))
#define TCX_NEXT (-1)

enum who {
	WHO_FIRST,
	WHO_SECOND,
	WHO_THIRD,
	WHO_XDP,
	WHO_CGROUP,
	WHO_MAX,
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, WHO_MAX);
} t_runs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} t_events SEC(".maps");

struct event {
	__u32 number;
	__u32 length;
};
struct event *export_event;

static __always_inline void count(__u32 who)
{
	__u64 *runs = bpf_map_lookup_elem(&t_runs, &who);

	if (runs)
		__sync_fetch_and_add(runs, 1);
}

SEC("tc")
int first(struct __sk_buff *ctx UNUSED)
{
	count(WHO_FIRST);
	return TCX_NEXT;
}

SEC("tc")
int second(struct __sk_buff *ctx UNUSED)
{
	count(WHO_SECOND);
	return TCX_NEXT;
}

SEC("tcx/ingress")
int third(struct __sk_buff *ctx UNUSED)
{
	count(WHO_THIRD);
	return TCX_NEXT;
}

/* Sends an event that carries the packet's mark. */
SEC("tc")
int notify(struct __sk_buff *ctx)
{
	struct event *event = bpf_ringbuf_reserve(&t_events, sizeof(*event), 0);

	if (!event)
		return TCX_NEXT;
	event->number = ctx->mark;
	event->length = ctx->len;
	bpf_ringbuf_submit(event, 0);
	return TCX_NEXT;
}

/* Sends the packet back where it came from. */
SEC("xdp")
int reflect(struct xdp_md *ctx UNUSED)
{
	count(WHO_XDP);
	return XDP_TX;
}

SEC("xdp")
int discard(struct xdp_md *ctx UNUSED)
{
	count(WHO_XDP);
	return XDP_DROP;
}

SEC("cgroup_skb/egress")
int account(struct __sk_buff *ctx UNUSED)
{
	count(WHO_CGROUP);
	return 1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Tells of each TCP connection over IPv4 that the processes of a cgroup open, when it is
 * established. */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct connection {
	__be32 address;
	__u16 port;
	__u16 reserved;
	__u32 rtt_us;
};
struct connection *unused_connection; /* keeps the type in the BTF */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} connections SEC(".maps");

__u64 lost; /* connections for which the ring had no space */

SEC("sockops")
int established(struct bpf_sock_ops *ctx)
{
	struct connection *connection;

	if (ctx->op != BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB || ctx->family != 2 /* AF_INET */)
		return 1;
	connection = bpf_ringbuf_reserve(&connections, sizeof(*connection), 0);
	if (!connection) {
		__sync_fetch_and_add(&lost, 1);
		return 1;
	}
	connection->address = ctx->remote_ip4;
	connection->port = bpf_ntohl(ctx->remote_port);
	connection->reserved = 0;
	connection->rtt_us = ctx->srtt_us >> 3; /* the kernel keeps eighths */
	bpf_ringbuf_submit(connection, 0);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program for each kind that libbpf attaches. None is loaded unasked: no kernel has all of them,
 * and this one's may be locked down. */
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define UNUSED __attribute__((unused))

/* Of the kernel's types, what is used: clang leaves the offsets to libbpf (CO-RE). */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct task_struct {
	int tgid;
	int pid;
};
struct bpf_iter_meta {
	struct seq_file *seq;
};
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};
struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *map;
	void *key;
	void *value;
};
#pragma clang attribute pop

struct seen {
	__u32 pid;
	__u32 tgid;
};
struct seen *export_seen;

struct number {
	__u32 key;
	__u32 pad;
	__u64 value;
};
struct number *export_number;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 16);
} t_numbers SEC(".maps");

/* The process whose events count, by its number in a PID namespace, which stat(2) of
 * /proc/self/ns/pid names. */
__u32 watched_pid;
__u64 pidns_device;
__u64 pidns_inode;

__u64 runs; /* in that process */
__u64 last_cookie;
const volatile __u32 step = 1;

static __always_inline int count(void)
{
	struct bpf_pidns_info current;

	if (bpf_get_ns_current_pid_tgid(pidns_device, pidns_inode, &current, sizeof(current)) ==
		    0 &&
	    current.tgid == watched_pid)
		__sync_fetch_and_add(&runs, step);
	return 0;
}

SEC("?kprobe/do_nanosleep")
int at_kprobe(void *ctx)
{
	last_cookie = bpf_get_attach_cookie(ctx);
	return count();
}

SEC("?uprobe")
int at_uprobe(void *ctx)
{
	last_cookie = bpf_get_attach_cookie(ctx);
	return count();
}

SEC("?uprobe/libc.so.6:getppid")
int at_named_uprobe(void *ctx UNUSED)
{
	return count();
}

SEC("?tp/syscalls/sys_enter_getppid")
int at_tracepoint(void *ctx)
{
	last_cookie = bpf_get_attach_cookie(ctx);
	return count();
}

SEC("?raw_tp/sys_enter")
int at_raw_tracepoint(void *ctx UNUSED)
{
	return count();
}

SEC("?tp_btf/sys_enter")
int at_typed_tracepoint(void *ctx UNUSED)
{
	return count();
}

SEC("?fentry/do_nanosleep")
int at_fentry(void *ctx UNUSED)
{
	return count();
}

SEC("?lsm/file_open")
int at_lsm(void *ctx UNUSED)
{
	return count();
}

SEC("?perf_event")
int at_perf_event(void *ctx UNUSED)
{
	return count();
}

SEC("?iter/task")
int over_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct seen seen;

	if (!task)
		return 0;
	seen.pid = task->pid;
	seen.tgid = task->tgid;
	bpf_seq_write(ctx->meta->seq, &seen, sizeof(seen));
	return 0;
}

SEC("?iter/bpf_map_elem")
int over_numbers(struct bpf_iter__bpf_map_elem *ctx)
{
	__u32 *key = ctx->key;
	__u64 *value = ctx->value;
	struct number number = {};

	if (!key || !value)
		return 0;
	number.key = *key;
	number.value = *value;
	bpf_seq_write(ctx->meta->seq, &number, sizeof(number));
	return 0;
}

SEC("?sockops")
int at_sockops(struct bpf_sock_ops *ctx UNUSED)
{
	__sync_fetch_and_add(&runs, step);
	return 1;
}

SEC("?sk_lookup")
int at_sk_lookup(struct bpf_sk_lookup *ctx UNUSED)
{
	__sync_fetch_and_add(&runs, step);
	return SK_PASS;
}

SEC("?tc")
int at_nothing(struct __sk_buff *ctx UNUSED)
{
	return -1;
}

char LICENSE[] SEC("license") = "GPL";

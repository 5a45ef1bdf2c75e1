// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Tells of each program that is started on the machine, at a raw tracepoint. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct exec {
	__u32 pid;
	__u32 uid;
	char command[16]; /* TASK_COMM_LEN */
};
struct exec *unused_exec; /* keeps the type in the BTF */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} execs SEC(".maps");

SEC("raw_tp/sched_process_exec")
int at_exec(void *ctx)
{
	struct exec *exec = bpf_ringbuf_reserve(&execs, sizeof(*exec), 0);

	(void)ctx;
	if (!exec)
		return 0;
	exec->pid = bpf_get_current_pid_tgid() >> 32;
	exec->uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(exec->command, sizeof(exec->command));
	bpf_ringbuf_submit(exec, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";

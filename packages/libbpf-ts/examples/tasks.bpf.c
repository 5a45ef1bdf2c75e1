// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Writes a record for each task of the machine: an iterator. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Of the kernel's types, what is used: libbpf finds the offsets in the running kernel's BTF
 * (CO-RE). */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct task_struct {
	int pid;
	int tgid;
	char comm[16];
};
struct bpf_iter_meta {
	struct seq_file *seq;
};
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};
#pragma clang attribute pop

struct task_record {
	__u32 pid;
	__u32 thread;
	char command[16];
};
struct task_record *unused_task_record; /* keeps the type in the BTF */

SEC("iter/task")
int list(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_record record = {};

	if (!task)
		return 0;
	record.pid = task->tgid;
	record.thread = task->pid;
	__builtin_memcpy(record.command, task->comm, sizeof(record.command));
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";

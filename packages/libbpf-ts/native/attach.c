// SPDX-License-Identifier: Apache-2.0
/* Attaching through libbpf, which finds functions in executables, events in tracefs and types in
 * the kernel's BTF. Answers a handle of the link, or -errno. */
#include "addon.h"
#include "arguments.h"
#include "object.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

struct link_handle {
	struct bpf_link *link;
};

static void link_finalize(napi_env env, void *data, void *hint)
{
	struct link_handle *handle = data;

	(void)env;
	(void)hint;
	bpf_link__destroy(handle->link); /* NULL is fine */
	free(handle);
}

/* The answer of a bpf_program__attach…(), which sets errno where it fails. */
static napi_value link_wrap(napi_env env, struct bpf_link *link)
{
	int error = errno;
	struct link_handle *handle;
	napi_value external;

	if (!link)
		return result_number(env, -error);
	handle = malloc(sizeof(*handle));
	if (!handle) {
		bpf_link__destroy(link);
		return result_number(env, -ENOMEM);
	}
	handle->link = link;
	napi_create_external(env, handle, link_finalize, NULL, &external);
	return external;
}

/* attachBySection(object, program) */
static napi_value attach_by_section(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);

	if (!program)
		return result_number(env, -EBADF);
	return link_wrap(env, bpf_program__attach(program));
}

/* attachKprobe(object, program, function, offset, at return: 0 or 1, cookie) */
static napi_value attach_kprobe(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);
	char function[ARGUMENT_TEXT_MAX];
	LIBBPF_OPTS(bpf_kprobe_opts, options);

	if (!program || !argument_text(&args, 2, function))
		return result_number(env, -EBADF);
	options.offset = argument_u32(&args, 3);
	options.retprobe = argument_u32(&args, 4);
	options.bpf_cookie = argument_u64(&args, 5);
	return link_wrap(env, bpf_program__attach_kprobe_opts(program, function, &options));
}

/* attachUprobe(object, program, path, function or undefined, offset, at return: 0 or 1, pid or -1,
 * cookie) */
static napi_value attach_uprobe(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);
	char path[ARGUMENT_TEXT_MAX], function[ARGUMENT_TEXT_MAX];
	LIBBPF_OPTS(bpf_uprobe_opts, options);

	if (!program || !argument_text(&args, 2, path))
		return result_number(env, -EBADF);
	options.func_name = argument_text(&args, 3, function);
	options.retprobe = argument_u32(&args, 5);
	options.bpf_cookie = argument_u64(&args, 7);
	return link_wrap(env, bpf_program__attach_uprobe_opts(program, argument_s32(&args, 6), path,
							      argument_u64(&args, 4), &options));
}

/* attachTracepoint(object, program, category, name, cookie) */
static napi_value attach_tracepoint(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);
	char category[ARGUMENT_TEXT_MAX], name[ARGUMENT_TEXT_MAX];
	LIBBPF_OPTS(bpf_tracepoint_opts, options);

	if (!program || !argument_text(&args, 2, category) || !argument_text(&args, 3, name))
		return result_number(env, -EBADF);
	options.bpf_cookie = argument_u64(&args, 4);
	return link_wrap(env,
			 bpf_program__attach_tracepoint_opts(program, category, name, &options));
}

/* attachRawTracepoint(object, program, name) */
static napi_value attach_raw_tracepoint(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);
	char name[ARGUMENT_TEXT_MAX];

	if (!program || !argument_text(&args, 2, name))
		return result_number(env, -EBADF);
	return link_wrap(env, bpf_program__attach_raw_tracepoint(program, name));
}

/* attachPerfEvent(object, program, attr, pid, cpu, cookie): attr is a struct perf_event_attr. */
static napi_value attach_perf_event(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);
	LIBBPF_OPTS(bpf_perf_event_opts, options, .bpf_cookie = argument_u64(&args, 5));
	struct bpf_link *link;
	int fd;

	if (!program)
		return result_number(env, -EBADF);
	fd = syscall(__NR_perf_event_open, argument_bytes(&args, 2).data, argument_s32(&args, 3),
		     argument_s32(&args, 4), -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return result_errno(env, fd);
	link = bpf_program__attach_perf_event_opts(program, fd, &options);
	if (!link)
		close(fd); /* else it is the link's */
	return link_wrap(env, link);
}

/* attachIterator(object, program, what to iterate over: a union bpf_iter_link_info, or undefined)
 */
static napi_value attach_iterator(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);
	struct bytes what = argument_bytes(&args, 2);
	LIBBPF_OPTS(bpf_iter_attach_opts, options);

	if (!program)
		return result_number(env, -EBADF);
	options.link_info = what.data;
	options.link_info_len = what.size;
	return link_wrap(env, bpf_program__attach_iter(program, &options));
}

/* linkFd(link): a duplicate, the caller's own. */
static napi_value link_fd(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct link_handle *handle = argument_external(&args, 0);

	if (!handle || !handle->link)
		return result_number(env, -EBADF);
	return result_errno(env, fcntl(bpf_link__fd(handle->link), F_DUPFD_CLOEXEC, 0));
}

/* destroyLink(link): detaches, unless the kernel has another reference; a second call does nothing.
 */
static napi_value link_destroy(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct link_handle *handle = argument_external(&args, 0);

	if (handle) {
		bpf_link__destroy(handle->link);
		handle->link = NULL;
	}
	return result_number(env, 0);
}

/* abandonLink(link): for a pinned one. Destroying it would switch its perf event off, pin or no
 * pin; the event's descriptor, which libbpf does not tell, stays open. */
static napi_value link_abandon(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct link_handle *handle = argument_external(&args, 0);

	if (handle && handle->link) {
		bpf_link__disconnect(handle->link);
		close(bpf_link__fd(handle->link));
		bpf_link__destroy(handle->link);
		handle->link = NULL;
	}
	return result_number(env, 0);
}

const struct export attach_exports[] = {
	{ "attachBySection", attach_by_section },
	{ "attachKprobe", attach_kprobe },
	{ "attachUprobe", attach_uprobe },
	{ "attachTracepoint", attach_tracepoint },
	{ "attachRawTracepoint", attach_raw_tracepoint },
	{ "attachPerfEvent", attach_perf_event },
	{ "attachIterator", attach_iterator },
	{ "linkFd", link_fd },
	{ "destroyLink", link_destroy },
	{ "abandonLink", link_abandon },
	{ NULL, NULL },
};

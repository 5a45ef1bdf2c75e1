// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The throwaway thread, and what needs nothing but it: new namespaces, files seen from one. */
#include "netns.h"
#include "addon.h"
#include "arguments.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>

struct visit {
	int netns_fd;
	int (*work)(void *data);
	void *data;
	int result;
};

static void *visit_run(void *argument)
{
	struct visit *visit = argument;

	if (visit->netns_fd != NETNS_CURRENT && setns(visit->netns_fd, CLONE_NEWNET) < 0)
		visit->result = -errno;
	else
		visit->result = visit->work(visit->data);
	return NULL;
}

static int visit_in_thread(struct visit *visit)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, visit_run, visit);

	if (error)
		return -error;
	pthread_join(thread, NULL);
	return visit->result;
}

int netns_run(int netns_fd, int (*work)(void *data), void *data)
{
	struct visit visit = { .netns_fd = netns_fd, .work = work, .data = data };

	if (netns_fd == NETNS_CURRENT)
		return work(data);
	return visit_in_thread(&visit);
}

static int unshare_netns(void *data)
{
	int fd;

	(void)data;
	if (unshare(CLONE_NEWNET) < 0)
		return -errno;
	fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* newNetns(): an fd of a namespace that lives as long as someone holds it. */
static napi_value netns_new(napi_env env, napi_callback_info info)
{
	struct visit visit = { .netns_fd = NETNS_CURRENT, .work = unshare_netns };

	(void)info;
	return result_number(env, visit_in_thread(&visit));
}

struct file {
	char path[ARGUMENT_PATH_MAX];
	int flags;
};

static int file_open(void *data)
{
	struct file *file = data;
	int fd = open(file->path, file->flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* openFile(netnsFd, path, flags): /proc/sys/net shows the namespace of whoever opens a file. */
static napi_value netns_open_file(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct file file = { .flags = argument_s32(&args, 2) };

	argument_path(&args, 1, file.path);
	return result_number(env, netns_run(argument_s32(&args, 0), file_open, &file));
}

const struct export netns_exports[] = {
	{ "newNetns", netns_new },
	{ "openFile", netns_open_file },
	{ NULL, NULL },
};

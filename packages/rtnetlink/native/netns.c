// SPDX-License-Identifier: Apache-2.0
/* Into a namespace and back, and what needs nothing else: new namespaces, files seen from one. */
#include "netns.h"
#include "addon.h"
#include "arguments.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "rtnetlink: %s: %s\n", what, strerror(errno));
	abort();
}

static int netns_of_this_thread(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

int netns_run(int netns_fd, int (*work)(void *data), void *data)
{
	int home;
	int result;

	if (netns_fd == NETNS_CURRENT)
		return work(data);
	home = netns_of_this_thread();
	if (home < 0)
		return -errno;
	if (setns(netns_fd, CLONE_NEWNET) < 0) {
		result = -errno;
	} else {
		result = work(data);
		if (setns(home, CLONE_NEWNET) < 0)
			die("cannot return to the own network namespace");
	}
	close(home);
	return result;
}

static void *unshare_netns(void *argument)
{
	int *fd = argument;

	*fd = unshare(CLONE_NEWNET) < 0 ? -1 : netns_of_this_thread();
	if (*fd < 0)
		*fd = -errno;
	return NULL;
}

/* newNetns(): an fd of a namespace that lives as long as someone holds it. */
static napi_value netns_new(napi_env env, napi_callback_info info)
{
	pthread_t thread;
	int fd;
	int error = pthread_create(&thread, NULL, unshare_netns, &fd);

	(void)info;
	if (error)
		return result_number(env, -error);
	pthread_join(thread, NULL);
	return result_number(env, fd);
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

/* openFile(netnsFd, path, flags): /proc/sys/net shows the namespace of the process that opens a
 * file. */
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

// SPDX-License-Identifier: Apache-2.0
/* The throwaway thread. */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

struct visit {
	int netns_fd;
	long (*work)(void *data);
	void *data;
	long result;
};

static void *visit_run(void *argument)
{
	struct visit *visit = argument;

	if (setns(visit->netns_fd, CLONE_NEWNET) < 0)
		visit->result = -errno;
	else
		visit->result = visit->work(visit->data);
	return NULL;
}

static long visit_join(struct visit *visit)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, visit_run, visit);

	if (error)
		return -error;
	pthread_join(thread, NULL);
	return visit->result;
}

long netns_run(const char *path, long (*work)(void *data), void *data)
{
	struct visit visit = { .work = work, .data = data };
	long result;

	if (!path)
		return work(data);
	visit.netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (visit.netns_fd < 0)
		return -errno;
	result = visit_join(&visit);
	close(visit.netns_fd);
	return result;
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* detour IN OUT: frames that arrive on one device leave by the other, a millisecond late. */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "mark.h"

enum {
	DELAY_NS = 1000 * 1000,
	FRAME_MAX = 65536,
};

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "detour: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_device(const char *name)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(name),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 || !at.sll_ifindex || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		fail(name);
	return fd;
}

/* What was sent from here is shown to packet sockets as well. */
static ssize_t receive(int fd, unsigned char *frame)
{
	struct sockaddr_ll from;
	socklen_t length = sizeof(from);
	ssize_t bytes;

	do {
		bytes = recvfrom(fd, frame, FRAME_MAX, 0, (struct sockaddr *)&from, &length);
	} while (bytes >= 0 && from.sll_pkttype == PACKET_OUTGOING);
	return bytes;
}

static int open_output(const char *name)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(name) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* protocol 0: receives nothing */
	int mark = PATH_MARK_DONE;

	if (fd < 0 || !at.sll_ifindex || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)))
		fail(name);
	return fd;
}

int main(int argc, char **argv)
{
	static unsigned char frame[FRAME_MAX];
	int in, out;

	if (argc != 3) {
		fprintf(stderr, "usage: detour IN OUT\n");
		return 2;
	}
	in = open_device(argv[1]);
	out = open_output(argv[2]);
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct timespec delay = { .tv_nsec = DELAY_NS };
		ssize_t bytes = receive(in, frame);

		if (bytes < 0)
			fail(argv[1]);
		nanosleep(&delay, NULL);
		if (send(out, frame, bytes, 0) < 0 && errno != ENOBUFS)
			fail(argv[2]);
	}
}

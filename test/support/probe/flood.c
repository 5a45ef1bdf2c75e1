// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Many short flows: one datagram each, from a process of its own, so that streams go on. */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	FIRST_PORT = 2048,
	PORTS = 60000,
	PER_PAUSE = 20,
	PAUSE_US = 1000, /* faster, and the kernel's queues would lose others' packets */
};

static void set_port(struct endpoint *endpoint, uint16_t port)
{
	if (endpoint->addr.ss_family == AF_INET)
		((struct sockaddr_in *)&endpoint->addr)->sin_port = htons(port);
	else
		((struct sockaddr_in6 *)&endpoint->addr)->sin6_port = htons(port);
}

/* A port that somebody has is passed over. */
static void send_one(const struct endpoint *from, const struct endpoint *to)
{
	int fd = socket(from->addr.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fail("make a flow's socket");
	if (!bind(fd, (const struct sockaddr *)&from->addr, from->length))
		sendto(fd, "", 1, 0, (const struct sockaddr *)&to->addr, to->length);
	close(fd);
}

static _Noreturn void flood_now(struct endpoint from, struct endpoint to, unsigned int flows)
{
	static const char done[] = "flooded\n";
	uint16_t port = endpoint_port(&to);

	for (unsigned int i = 0; i < flows; i++) {
		set_port(&from, FIRST_PORT + i % PORTS);
		set_port(&to, port + i / PORTS);
		send_one(&from, &to);
		if (i % PER_PAUSE == 0)
			usleep(PAUSE_US);
	}
	_exit(write(STDOUT_FILENO, done, strlen(done)) < 0);
}

/* From every port to one port of the other after another. */
void flood(unsigned int netns, const struct endpoint *from, const struct endpoint *to,
	   unsigned int flows)
{
	netns_enter(netns);
	switch (fork()) {
	case -1:
		fail("start a flood");
	case 0:
		flood_now(*from, *to, flows);
	}
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Many short flows, from a process of its own, so that streams go on. */
#include "probe.h"

#include <errno.h>
#include <limits.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	FIRST_PORT = 2048,
	PORTS = 60000,
	PER_PAUSE = 20,
	PAUSE_US = 1000,     /* faster, and the kernel's queues would lose others' packets */
	CONNECT_US = 200000, /* one that is refused must not hold up the others */
};

struct flood {
	const char *kind;
	void (*send_one)(const struct endpoint *from, const struct endpoint *to);
};

static void set_port(struct endpoint *endpoint, uint16_t port)
{
	if (endpoint->addr.ss_family == AF_INET)
		((struct sockaddr_in *)&endpoint->addr)->sin_port = htons(port);
	else
		((struct sockaddr_in6 *)&endpoint->addr)->sin6_port = htons(port);
}

static int bound_socket(int type, int protocol, const struct endpoint *from)
{
	int fd = socket(from->addr.ss_family, type | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		fail("make a flow's socket");
	if (!bind(fd, (const struct sockaddr *)&from->addr, from->length))
		return fd;
	close(fd); /* a port that somebody has is passed over */
	return -1;
}

static void send_datagram(const struct endpoint *from, const struct endpoint *to)
{
	int fd = bound_socket(SOCK_DGRAM, 0, from);

	if (fd < 0)
		return;
	sendto(fd, "", 1, 0, (const struct sockaddr *)&to->addr, to->length);
	close(fd);
}

/* Over the pseudo-header of RFC 9293, section 3.1. */
static uint16_t tcp_check(const struct tcphdr *tcp, const struct endpoint *from,
			  const struct endpoint *to)
{
	struct {
		struct in_addr source, destination;
		uint16_t protocol, length;
		struct tcphdr tcp;
	} covered = {
		.source = ((const struct sockaddr_in *)&from->addr)->sin_addr,
		.destination = ((const struct sockaddr_in *)&to->addr)->sin_addr,
		.protocol = htons(IPPROTO_TCP),
		.length = htons(sizeof(*tcp)),
		.tcp = *tcp,
	};
	uint16_t words[sizeof(covered) / 2];
	uint32_t sum = 0;

	memcpy(words, &covered, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~((sum & 0xffff) + (sum >> 16));
}

/* IPv4 only. No socket stands behind it: whoever starts the flood keeps its kernel from refusing
 * the answer. */
static void send_syn(const struct endpoint *from, const struct endpoint *to)
{
	static int fd = -1;
	struct tcphdr tcp = {
		.source = htons(endpoint_port(from)),
		.dest = htons(endpoint_port(to)),
		.seq = htonl(endpoint_port(from)),
		.doff = sizeof(tcp) / 4,
		.syn = 1,
		.window = htons(1000),
	};
	struct endpoint host = *to;

	if (fd < 0)
		fd = bound_socket(SOCK_RAW, IPPROTO_TCP, from);
	if (fd < 0)
		fail("make a raw socket");
	set_port(&host, 0);
	tcp.check = tcp_check(&tcp, from, to);
	sendto(fd, &tcp, sizeof(tcp), 0, (const struct sockaddr *)&host.addr, host.length);
}

static int connected_socket(const struct endpoint *from, const struct endpoint *to)
{
	struct timeval patience = { .tv_usec = CONNECT_US };
	int fd = bound_socket(SOCK_STREAM, 0, from);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (const struct sockaddr *)&to->addr, to->length))
		return fd;
	close(fd);
	return -1;
}

/* Both ends' tables go on believing in it. */
static void leave_open(const struct endpoint *from, const struct endpoint *to)
{
	int fd = connected_socket(from, to);

	if (fd >= 0)
		close_silently(fd);
}

/* FIN, which the other end acknowledges and never returns. */
static void close_one_end(const struct endpoint *from, const struct endpoint *to)
{
	int fd = connected_socket(from, to), wait_s = 1;

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_LINGER2, &wait_s, sizeof(wait_s));
	close(fd);
}

static const struct flood floods[] = {
	{ "datagrams", send_datagram },
	{ "syns", send_syn },
	{ "connections", leave_open },
	{ "half-closed", close_one_end },
};

static const struct flood *flood_named(const char *kind)
{
	for (size_t i = 0; i < sizeof(floods) / sizeof(*floods); i++)
		if (!strcmp(floods[i].kind, kind))
			return &floods[i];
	errno = EINVAL;
	fail(kind);
}

static _Noreturn void flood_now(const struct flood *flood, struct endpoint from, struct endpoint to,
				unsigned int flows)
{
	static const char done[] = "flooded\n";
	uint16_t port = endpoint_port(&to);

	/* a socket that the parent closes would go on telling the parent's epoll of events */
	if (close_range(STDERR_FILENO + 1, UINT_MAX, 0))
		fail("leave the parent's sockets");
	for (unsigned int i = 0; i < flows; i++) {
		set_port(&from, FIRST_PORT + i % PORTS);
		set_port(&to, port + i / PORTS);
		flood->send_one(&from, &to);
		if (i % PER_PAUSE == 0)
			usleep(PAUSE_US);
	}
	_exit(write(STDOUT_FILENO, done, strlen(done)) < 0);
}

/* From every port to one port of the other after another. */
void flood(unsigned int netns, const char *kind, const struct endpoint *from,
	   const struct endpoint *to, unsigned int flows)
{
	const struct flood *chosen = flood_named(kind);

	netns_enter(netns);
	switch (fork()) {
	case -1:
		fail("start a flood");
	case 0:
		flood_now(chosen, *from, *to, flows);
	}
}

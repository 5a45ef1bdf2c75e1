// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Servers: whoever connects is taken, and whatever datagram comes is sent back. */
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	BACKLOG = 1024,
	ECHO_BYTES = 4096,
	ECHOS_A_TURN = 64,
	RECEIVE_ROOM = 4 << 20, /* bytes; the default is 166 small datagrams over VXLAN */
};

struct server {
	struct watch watch;
	struct endpoint at;
	uint64_t arrivals; /* datagrams */
	struct server *next;
};

static struct server *servers;

static void accept_all(struct watch *watch)
{
	for (;;) {
		int peer = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (peer < 0)
			return;
		close(peer);
	}
}

static void echo_all(struct watch *watch)
{
	struct sockaddr_storage from;
	static char data[DATAGRAM_MAX];

	/* The rest next time: others wait, too. */
	for (int i = 0; i < ECHOS_A_TURN; i++) {
		socklen_t length = sizeof(from);
		ssize_t bytes = recvfrom(watch->fd, data, sizeof(data), 0, (struct sockaddr *)&from,
					 &length);

		if (bytes < 0)
			return;
		((struct server *)watch)->arrivals++;
		sendto(watch->fd, data, bytes, 0, (struct sockaddr *)&from, length);
	}
}

static int bound_socket(int type, const struct endpoint *at)
{
	int fd = socket(at->addr.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
	int room = RECEIVE_ROOM;

	if (fd < 0)
		fail("make a server's socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Nobody sends a datagram again: a burst of all questions at once must fit. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (bind(fd, (const struct sockaddr *)&at->addr, at->length))
		fail("bind a server's socket");
	return fd;
}

static void add_server(unsigned int netns, int type, void (*ready)(struct watch *),
		       const struct endpoint *at)
{
	struct server *server = calloc(1, sizeof(*server));

	if (!server)
		fail("remember a server");
	*server = (struct server){ .at = *at, .next = servers };
	server->watch = (struct watch){ .fd = bound_socket(type, at), .ready = ready };
	if (type == SOCK_STREAM && listen(server->watch.fd, BACKLOG))
		fail("listen");
	servers = server;
	watch_add(&server->watch, EPOLLIN);
	netns_own(netns, &server->watch);
}

void serve(unsigned int netns, enum protocol protocol, const struct endpoint *at)
{
	bool tcp = protocol == PROTOCOL_TCP;

	add_server(netns, tcp ? SOCK_STREAM : SOCK_DGRAM, tcp ? accept_all : echo_all, at);
}

/* What the kernel does not take back now stays with it, and is asked for again. */
static void echo_stream(struct watch *watch)
{
	char data[ECHO_BYTES];
	ssize_t bytes = recv(watch->fd, data, sizeof(data), MSG_PEEK);

	if (bytes > 0) {
		ssize_t sent = send(watch->fd, data, bytes, MSG_NOSIGNAL);

		if (sent > 0)
			recv(watch->fd, data, sent, 0);
		if (sent > 0 || errno == EAGAIN)
			return;
	}
	watch_remove(watch);
	close(watch->fd);
	free(watch);
}

static void accept_and_keep(struct watch *watch)
{
	int peer;

	while ((peer = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct watch *connection = calloc(1, sizeof(*connection));

		if (!connection)
			fail("remember a connection");
		*connection = (struct watch){ .fd = peer, .ready = echo_stream };
		watch_add(connection, EPOLLIN);
	}
}

void serve_listen(unsigned int netns, void (*ready)(struct watch *), const struct endpoint *at)
{
	add_server(netns, SOCK_STREAM, ready, at);
}

/* Connections that stay, and send back what they are sent. */
void serve_echo(unsigned int netns, const struct endpoint *at)
{
	serve_listen(netns, accept_and_keep, at);
}

/* Datagrams that have come to that server since the last asking. */
uint64_t server_take_arrivals(const struct endpoint *at)
{
	uint64_t arrivals = 0;

	for (struct server *server = servers; server; server = server->next) {
		if (memcmp(&server->at, at, sizeof(*at)))
			continue;
		arrivals += server->arrivals;
		server->arrivals = 0;
	}
	return arrivals;
}

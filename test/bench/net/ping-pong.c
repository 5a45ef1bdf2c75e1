// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One byte there and one back over a TCP connection, again and again.
 * Usage: ping-pong serve ADDRESS PORT: says "ready", answers one connection, ends.
 *        ping-pong ask ADDRESS PORT MILLISECONDS: prints how many were answered in a second. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WARM_UP = 1000, SERVE_ARGUMENTS = 4, ASK_ARGUMENTS = 5 };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_socket(void)
{
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0)
		die("socket");
	return fd;
}

static void send_at_once(int fd)
{
	int one = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) < 0)
		die("TCP_NODELAY");
}

static void serve(const struct sockaddr_in *addr)
{
	int fd, listener = open_socket();
	char byte;

	if (bind(listener, (const struct sockaddr *)addr, sizeof(*addr)) < 0 ||
	    listen(listener, 1) < 0)
		die("listen");
	puts("ready");
	fflush(stdout);
	fd = accept(listener, NULL, NULL);
	if (fd < 0)
		die("accept");
	send_at_once(fd);
	while (read(fd, &byte, 1) == 1)
		if (write(fd, &byte, 1) != 1)
			die("write");
}

static void ask_once(int fd)
{
	char byte = 1;

	if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
		die("no answer");
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void ask(const struct sockaddr_in *addr, double seconds)
{
	int fd = open_socket();
	unsigned long answered = 0;
	double start;

	if (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0)
		die("connect");
	send_at_once(fd);
	for (int i = 0; i < WARM_UP; i++)
		ask_once(fd);
	start = now();
	while (now() - start < seconds) {
		ask_once(fd);
		answered++;
	}
	printf("%f\n", answered / (now() - start));
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };

	if (argc < SERVE_ARGUMENTS || inet_pton(AF_INET, argv[2], &addr.sin_addr) != 1)
		return 2;
	addr.sin_port = htons(atoi(argv[3]));
	if (strcmp(argv[1], "serve") == 0)
		serve(&addr);
	else if (argc == ASK_ARGUMENTS)
		ask(&addr, atof(argv[4]) / 1000);
	else
		return 2;
	return 0;
}

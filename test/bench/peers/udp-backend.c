// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Carries a node's packets to the other node through user space, as flannel's udp backend does: a
 * TUN device, a UDP socket, one packet a call. Usage: udp-backend DEVICE LOCAL PEER PORT; runs
 * until it is told to end. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/ip.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST_BYTES = 65536, ARGUMENTS = 5 };

static char packet[MOST_BYTES];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_tun(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
		die("tun");
	return fd;
}

static int open_udp(const char *local, const char *peer, int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || inet_pton(AF_INET, local, &addr.sin_addr) != 1)
		die("socket");
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		die("bind");
	if (inet_pton(AF_INET, peer, &addr.sin_addr) != 1)
		die(peer);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		die("connect");
	return fd;
}

/* A router's part; the sum changes by as much as the field (RFC 1624). False: it ends here. */
static int decrement_ttl(struct iphdr *ip)
{
	unsigned int sum = ip->check + htons(0x0100);

	if (ip->ttl <= 1)
		return 0;
	ip->ttl--;
	ip->check = sum + (sum >= 0xffff);
	return 1;
}

/* All that waits, one by one; what the other side has no room for is lost. */
static void carry(int from, int to, int is_sent)
{
	for (;;) {
		ssize_t bytes = read(from, packet, sizeof(packet));

		if (bytes < 0)
			return;
		if (bytes < (ssize_t)sizeof(struct iphdr))
			continue;
		if (is_sent && !decrement_ttl((struct iphdr *)packet))
			continue;
		if (write(to, packet, bytes) < 0 && errno != EAGAIN && errno != ENOBUFS &&
		    errno != ECONNREFUSED)
			die("write");
	}
}

int main(int argc, char **argv)
{
	struct pollfd ends[2];

	if (argc != ARGUMENTS)
		return 2;
	ends[0] = (struct pollfd){ .fd = open_tun(argv[1]), .events = POLLIN };
	ends[1] = (struct pollfd){ .fd = open_udp(argv[2], argv[3], atoi(argv[4])),
				   .events = POLLIN };
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (poll(ends, 2, -1) < 0 && errno != EINTR)
			die("poll");
		if (ends[0].revents & POLLIN)
			carry(ends[0].fd, ends[1].fd, 1);
		if (ends[1].revents & POLLIN)
			carry(ends[1].fd, ends[0].fd, 0);
	}
}

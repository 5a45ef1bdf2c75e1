// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* SCTP by hand, for kernels without it: INIT and INIT ACK (RFC 9260) over raw sockets, one a
 * namespace and family. */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
	INIT = 1,
	INIT_ACK = 2,
	PARAMETER_COOKIE = 7,
	SERVED_MAX = 1024,
	FIRST_PORT = 20000,
	PORTS = 40000,
	PACKET_MAX = 1500,
};

struct packet {
	uint16_t source_port;
	uint16_t destination_port;
	uint32_t tag;
	uint32_t checksum;
	uint8_t type;
	uint8_t flags;
	uint16_t length; /* of the chunk: of an INIT without the cookie */
	uint32_t initiate_tag;
	uint32_t window;
	uint16_t outbound_streams;
	uint16_t inbound_streams;
	uint32_t tsn;
	uint16_t parameter;
	uint16_t parameter_length;
	uint32_t cookie;
} __attribute__((packed));

enum {
	COOKIE_BYTES = 8,
	HEADER_BYTES = 12,
	INIT_BYTES = sizeof(struct packet) - COOKIE_BYTES,
};

struct raw_socket {
	struct watch watch;
	unsigned int netns;
	int family;
};

static struct raw_socket *sockets[NETNS_MAX][2];
static uint16_t served[NETNS_MAX][SERVED_MAX];
static unsigned int served_count[NETNS_MAX];

/* Castagnoli, bit by bit: packets are few and small. */
static uint32_t crc32c(const void *data, size_t length)
{
	const uint8_t *bytes = data;
	uint32_t crc = ~0U;

	for (size_t i = 0; i < length; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
	}
	return ~crc;
}

static struct packet packet_of(uint8_t type, uint16_t source_port, uint16_t destination_port,
			       uint32_t tag)
{
	size_t bytes = type == INIT ? INIT_BYTES : sizeof(struct packet);
	struct packet packet = {
		.source_port = htons(source_port),
		.destination_port = htons(destination_port),
		.tag = htonl(tag),
		.type = type,
		.length = htons(bytes - HEADER_BYTES),
		.initiate_tag = htonl(type == INIT ? 1 : 2),
		.window = htonl(65535),
		.outbound_streams = htons(1),
		.inbound_streams = htons(1),
		.tsn = htonl(1),
		.parameter = htons(PARAMETER_COOKIE),
		.parameter_length = htons(COOKIE_BYTES),
	};

	packet.checksum = htole32(crc32c(&packet, bytes));
	return packet;
}

/* From that very address of the namespace. */
static bool send_from(struct raw_socket *raw, const struct packet *packet,
		      const struct endpoint *from, const struct endpoint *to)
{
	char control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = {};
	struct endpoint target = *to;
	struct iovec data = {
		.iov_base = (void *)packet,
		.iov_len = packet->type == INIT ? INIT_BYTES : sizeof(*packet),
	};
	struct msghdr message = {
		.msg_name = &target.addr,
		.msg_namelen = target.length,
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (raw->family == AF_INET) {
		struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(header);

		info->ipi_spec_dst = ((const struct sockaddr_in *)&from->addr)->sin_addr;
		header->cmsg_level = IPPROTO_IP;
		header->cmsg_type = IP_PKTINFO;
		header->cmsg_len = CMSG_LEN(sizeof(*info));
		message.msg_controllen = CMSG_SPACE(sizeof(*info));
	} else {
		struct in6_pktinfo *info = (struct in6_pktinfo *)CMSG_DATA(header);

		info->ipi6_addr = ((const struct sockaddr_in6 *)&from->addr)->sin6_addr;
		header->cmsg_level = IPPROTO_IPV6;
		header->cmsg_type = IPV6_PKTINFO;
		header->cmsg_len = CMSG_LEN(sizeof(*info));
		((struct sockaddr_in6 *)&target.addr)->sin6_port =
			0; /* raw sockets take it for a protocol */
	}
	return sendmsg(raw->watch.fd, &message, 0) >= 0;
}

static bool is_served(unsigned int netns, uint16_t port)
{
	for (unsigned int i = 0; i < served_count[netns]; i++)
		if (served[netns][i] == port)
			return true;
	return false;
}

static void end_job(const struct raw_socket *raw, const struct packet *packet)
{
	for (struct job *job = jobs; job < jobs + JOBS_MAX; job++) {
		if (job->busy && job->netns == raw->netns &&
		    job->to.addr.ss_family == raw->family && job->sctp_port &&
		    job->sctp_port == ntohs(packet->destination_port) &&
		    endpoint_port(&job->to) == ntohs(packet->source_port)) {
			job_end(job, NULL);
			return;
		}
	}
}

static bool is_intact(struct packet packet, size_t bytes)
{
	uint32_t checksum = le32toh(packet.checksum);

	packet.checksum = 0;
	return crc32c(&packet, bytes) == checksum;
}

static void take(struct raw_socket *raw, const struct packet *packet, const struct endpoint *from,
		 const struct endpoint *to)
{
	struct packet answer;

	if (packet->type == INIT_ACK) {
		end_job(raw, packet);
	} else if (packet->type == INIT && is_served(raw->netns, ntohs(packet->destination_port))) {
		answer = packet_of(INIT_ACK, ntohs(packet->destination_port),
				   ntohs(packet->source_port), ntohl(packet->initiate_tag));
		send_from(raw, &answer, to, from);
	}
}

/* To which address it came: a node or the host outside has several. */
static struct endpoint destination_of(struct msghdr *message)
{
	struct endpoint to = {};

	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
	     header = CMSG_NXTHDR(message, header)) {
		if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
			to.addr.ss_family = AF_INET;
			((struct sockaddr_in *)&to.addr)->sin_addr =
				((struct in_pktinfo *)CMSG_DATA(header))->ipi_addr;
		} else if (header->cmsg_level == IPPROTO_IPV6 &&
			   header->cmsg_type == IPV6_PKTINFO) {
			to.addr.ss_family = AF_INET6;
			((struct sockaddr_in6 *)&to.addr)->sin6_addr =
				((struct in6_pktinfo *)CMSG_DATA(header))->ipi6_addr;
		}
	}
	return to;
}

/* IPv4's raw sockets give the IP header along. */
static void receive_all(struct watch *watch)
{
	struct raw_socket *raw = (struct raw_socket *)watch;
	char control[256];
	uint8_t bytes[PACKET_MAX];

	for (;;) {
		struct endpoint from = { .length = sizeof(from.addr) }, to;
		struct iovec data = { .iov_base = bytes, .iov_len = sizeof(bytes) };
		struct msghdr message = {
			.msg_name = &from.addr,
			.msg_namelen = from.length,
			.msg_iov = &data,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		ssize_t length = recvmsg(watch->fd, &message, 0);
		size_t start = raw->family == AF_INET ? (bytes[0] & 15) * 4 : 0;
		struct packet packet = {};

		if (length < 0)
			return;
		if ((size_t)length < start + INIT_BYTES)
			continue;
		length -= start;
		memcpy(&packet, bytes + start,
		       (size_t)length < sizeof(packet) ? (size_t)length : sizeof(packet));
		from.length = message.msg_namelen;
		to = destination_of(&message);
		if ((size_t)length <= sizeof(packet) && is_intact(packet, length))
			take(raw, &packet, &from, &to);
	}
}

static struct raw_socket *open_raw(unsigned int netns, int family)
{
	struct raw_socket *raw = calloc(1, sizeof(*raw));
	int on = 1, room = 4 << 20;

	if (!raw)
		fail("remember a raw socket");
	raw->netns = netns;
	raw->family = family;
	raw->watch.ready = receive_all;
	raw->watch.fd = socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_SCTP);
	if (raw->watch.fd < 0)
		fail("make a raw socket");
	setsockopt(raw->watch.fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	if (family == AF_INET)
		setsockopt(raw->watch.fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	else
		setsockopt(raw->watch.fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	watch_add(&raw->watch, EPOLLIN);
	netns_own(netns, &raw->watch);
	return raw;
}

/* The caller is in that namespace. */
void sctp_open(unsigned int netns)
{
	sockets[netns][0] = open_raw(netns, AF_INET);
	sockets[netns][1] = open_raw(netns, AF_INET6);
}

void sctp_forget(unsigned int netns)
{
	served_count[netns] = 0;
}

void sctp_serve(unsigned int netns, const struct endpoint *at)
{
	if (served_count[netns] == SERVED_MAX)
		fail("too many SCTP servers");
	served[netns][served_count[netns]++] = endpoint_port(at);
}

bool sctp_ask(struct job *job, const struct endpoint *from)
{
	static unsigned int count;
	struct raw_socket *raw = sockets[job->netns][from->addr.ss_family == AF_INET6];
	struct packet packet;

	job->watch.fd = -1;
	job->sctp_port = FIRST_PORT + count++ % PORTS;
	packet = packet_of(INIT, job->sctp_port, endpoint_port(&job->to), 0);
	return send_from(raw, &packet, from, &job->to);
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One process with sockets in many network namespaces: it serves, and it asks. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum protocol {
	PROTOCOL_TCP,
	PROTOCOL_UDP,
	PROTOCOL_SCTP,
};

enum {
	NETNS_MAX = 256,
	JOBS_MAX = 4096,
	DATAGRAM_MAX = 65507,
};

/* What epoll tells of: the first member of whatever owns the socket. */
struct watch {
	int fd;
	void (*ready)(struct watch *watch);
	struct watch *next; /* of the same namespace, if it serves there */
};

struct endpoint {
	struct sockaddr_storage addr;
	socklen_t length;
};

/* One question, until it is answered or its time is up. */
struct job {
	struct watch watch;
	bool busy;
	unsigned int id;
	unsigned int netns;
	int64_t started_ms;
	int64_t deadline_ms;
	struct endpoint to;
	uint16_t sctp_port; /* ours, with SCTP */
};

/* main.c */
int64_t now_ms(void);
void watch_add(struct watch *watch, uint32_t events);
void watch_remove(const struct watch *watch);
struct job *job_begin(unsigned int id, unsigned int netns, unsigned int timeout_ms);
void job_end(struct job *job, const char *problem);
extern struct job jobs[JOBS_MAX];

/* commands.c */
void take_line(const char *line);

/* netns.c */
void netns_open(unsigned int number, const char *path);
void netns_forget(unsigned int number);
void netns_own(unsigned int number, struct watch *watch);
void netns_enter(unsigned int number);
_Noreturn void fail(const char *what);
struct endpoint endpoint_of(const char *address, unsigned int port);
uint16_t endpoint_port(const struct endpoint *endpoint);

/* serve.c */
void serve(unsigned int netns, enum protocol protocol, const struct endpoint *at);
void serve_echo(unsigned int netns, const struct endpoint *at);
void serve_listen(unsigned int netns, void (*ready)(struct watch *), const struct endpoint *at);
uint64_t server_take_arrivals(const struct endpoint *at);

/* hush.c */
void serve_hush(unsigned int netns, const struct endpoint *at, bool until_closed);
void close_silently(int fd);

/* hold.c */
bool hold(struct job *job, enum protocol protocol, const struct endpoint *from);
bool hold_again(struct job *job, unsigned int id);

/* flood.c */
void flood(unsigned int netns, const char *kind, const struct endpoint *from,
	   const struct endpoint *to, unsigned int flows);

/* stream.c */
struct stream *stream_begin(unsigned int id, unsigned int netns, enum protocol protocol,
			    const struct endpoint *from, const struct endpoint *to,
			    unsigned int interval_ms);
void stream_expect_nothing(struct stream *stream);
void streams_drain(void);
int streams_tick(void);

/* ask.c */
bool ask(struct job *job, enum protocol protocol, const struct endpoint *from, size_t bytes);

/* sctp.c */
void sctp_open(unsigned int netns);
void sctp_forget(unsigned int netns);
void sctp_serve(unsigned int netns, const struct endpoint *at);
bool sctp_ask(struct job *job, const struct endpoint *from);

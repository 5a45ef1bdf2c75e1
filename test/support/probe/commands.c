// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What can be asked of the probe, a line each, and what it says:
 *   netns NUMBER PATH
 *   forget NUMBER
 *   serve NUMBER PROTOCOL ADDRESS PORT
 *   echo NUMBER ADDRESS PORT                                     TCP connections that stay
 *   hush NUMBER ADDRESS PORT UNTIL_CLOSED                        TCP connections that say nothing
 *   sync                                                         -> synced
 *   stream ID NUMBER PROTOCOL FROM TO PORT INTERVAL_MS EXPECTS_ANSWERS
 *   drain           -> for each stream: stream ID SENT ANSWERED ARRIVED BROKEN; and then: drained
 *   ask ID NUMBER PROTOCOL FROM TO PORT TIMEOUT_MS BYTES         -> ID yes | ID no PROBLEM
 *   hold ID NUMBER PROTOCOL FROM FROM_PORT TO PORT TIMEOUT_MS    -> as ask; the flow stays
 *   again ID HELD_ID TIMEOUT_MS                                  -> as ask, over that flow
 *   flood NUMBER KIND FROM TO PORT FLOWS                         -> flooded */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	LINE_MAX_BYTES = 512,
	ADDRESS_MAX = 64,
};

static enum protocol protocol_of(const char *name)
{
	if (!strcmp(name, "TCP"))
		return PROTOCOL_TCP;
	return strcmp(name, "UDP") ? PROTOCOL_SCTP : PROTOCOL_UDP;
}

static void begin_ask(const char *line)
{
	char protocol[8], from[ADDRESS_MAX], to[ADDRESS_MAX];
	unsigned int id, netns, port, timeout_ms, bytes;
	struct endpoint source;
	struct job *job;
	bool asked;

	if (sscanf(line, "ask %u %u %7s %63s %63s %u %u %u", &id, &netns, protocol, from, to, &port,
		   &timeout_ms, &bytes) != 8)
		fail(line);
	netns_enter(netns);
	source = endpoint_of(from, 0);
	job = job_begin(id, netns, timeout_ms);
	job->to = endpoint_of(to, port);
	asked = protocol_of(protocol) == PROTOCOL_SCTP
			? sctp_ask(job, &source)
			: ask(job, protocol_of(protocol), &source, bytes);
	if (!asked)
		job_end(job, strerror(errno));
}

static void begin_hold(const char *line)
{
	char protocol[8], from[ADDRESS_MAX], to[ADDRESS_MAX];
	unsigned int id, netns, from_port, port, timeout_ms;
	struct endpoint source;
	struct job *job;

	if (sscanf(line, "hold %u %u %7s %63s %u %63s %u %u", &id, &netns, protocol, from,
		   &from_port, to, &port, &timeout_ms) != 8)
		fail(line);
	netns_enter(netns);
	source = endpoint_of(from, from_port);
	job = job_begin(id, netns, timeout_ms);
	job->to = endpoint_of(to, port);
	if (!hold(job, protocol_of(protocol), &source))
		job_end(job, strerror(errno));
}

static void begin_again(const char *line)
{
	unsigned int id, held, timeout_ms;
	struct job *job;

	if (sscanf(line, "again %u %u %u", &id, &held, &timeout_ms) != 3)
		fail(line);
	job = job_begin(id, 0, timeout_ms);
	if (!hold_again(job, held))
		job_end(job, strerror(errno));
}

static void begin_serve(const char *line)
{
	char protocol[8], address[ADDRESS_MAX];
	unsigned int netns, port;
	struct endpoint at;

	if (sscanf(line, "serve %u %7s %63s %u", &netns, protocol, address, &port) != 4)
		fail(line);
	netns_enter(netns);
	at = endpoint_of(address, port);
	if (protocol_of(protocol) == PROTOCOL_SCTP)
		sctp_serve(netns, &at);
	else
		serve(netns, protocol_of(protocol), &at);
}

static void begin_echo(const char *line)
{
	char address[ADDRESS_MAX];
	unsigned int netns, port;
	struct endpoint at;

	if (sscanf(line, "echo %u %63s %u", &netns, address, &port) != 3)
		fail(line);
	netns_enter(netns);
	at = endpoint_of(address, port);
	serve_echo(netns, &at);
}

static void begin_hush(const char *line)
{
	char address[ADDRESS_MAX];
	unsigned int netns, port, until_closed;
	struct endpoint at;

	if (sscanf(line, "hush %u %63s %u %u", &netns, address, &port, &until_closed) != 4)
		fail(line);
	netns_enter(netns);
	at = endpoint_of(address, port);
	serve_hush(netns, &at, until_closed);
}

static void begin_stream(const char *line)
{
	char protocol[8], from[ADDRESS_MAX], to[ADDRESS_MAX];
	unsigned int id, netns, port, interval_ms, expects;
	struct endpoint source, destination;
	struct stream *stream;

	if (sscanf(line, "stream %u %u %7s %63s %63s %u %u %u", &id, &netns, protocol, from, to,
		   &port, &interval_ms, &expects) != 8)
		fail(line);
	source = endpoint_of(from, 0);
	destination = endpoint_of(to, port);
	stream = stream_begin(id, netns, protocol_of(protocol), &source, &destination, interval_ms);
	if (!expects)
		stream_expect_nothing(stream);
}

static void begin_flood(const char *line)
{
	char kind[16], from[ADDRESS_MAX], to[ADDRESS_MAX];
	unsigned int netns, port, flows;
	struct endpoint source, destination;

	if (sscanf(line, "flood %u %15s %63s %63s %u %u", &netns, kind, from, to, &port, &flows) !=
	    6)
		fail(line);
	source = endpoint_of(from, 0);
	destination = endpoint_of(to, port);
	flood(netns, kind, &source, &destination, flows);
}

static void open_netns(const char *line)
{
	char path[LINE_MAX_BYTES];
	unsigned int number;

	if (sscanf(line, "netns %u %511s", &number, path) != 2)
		fail(line);
	netns_open(number, path);
	netns_enter(number);
	sctp_open(number);
}

static void forget_netns(const char *line)
{
	unsigned int number;

	if (sscanf(line, "forget %u", &number) != 1)
		fail(line);
	netns_forget(number);
}

static void drain(const char *line)
{
	(void)line;
	streams_drain();
}

static void sync_up(const char *line)
{
	(void)line;
	printf("synced\n");
}

static const struct command {
	const char *word;
	void (*run)(const char *line);
} commands[] = {
	{ "netns", open_netns },    { "forget", forget_netns }, { "serve", begin_serve },
	{ "echo", begin_echo },	    { "hush", begin_hush },	{ "sync", sync_up },
	{ "stream", begin_stream }, { "drain", drain },		{ "ask", begin_ask },
	{ "hold", begin_hold },	    { "again", begin_again },	{ "flood", begin_flood },
};

void take_line(const char *line)
{
	size_t length = strcspn(line, " ");

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (strlen(commands[i].word) != length || strncmp(line, commands[i].word, length))
			continue;
		commands[i].run(line);
		return;
	}
	errno = EINVAL;
	fail(line);
}

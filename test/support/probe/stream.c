// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Streams: numbers sent at a steady pace, over UDP or on one TCP connection, to a server that sends
 * them back. What does not come back was lost; a connection that ends, stands still or carries
 * other bytes than were sent was broken. Over TCP a number is a block of words, each of which
 * follows from its place in the stream, so that bytes that are changed, lost, repeated or moved are
 * noticed.
 */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	STREAMS_MAX = 64,
	NUMBERS = 1 << 20, /* between two drains */
	STALL_MS = 8000,   /* longer than TCP needs to notice a few losses */
	LINGER_MS = 1000,
	READ_BYTES = 4096,
	BLOCK_WORDS = 32, /* of a number over TCP */
};

struct stream {
	struct watch watch;
	unsigned int id, netns, interval_ms;
	enum protocol protocol;
	bool expects_answers;
	struct endpoint from, to;
	int64_t due_ms, progress_ms;
	uint64_t sent, answered, bytes, broken;
	uint64_t told_sent, told_answered; /* of what went before the last drain */
	uint64_t number;		   /* the one that is being sent */
	uint64_t block[BLOCK_WORDS];	   /* it, over TCP */
	size_t left;			   /* bytes of it that TCP has not taken yet */
	uint8_t seen[NUMBERS];		   /* over UDP */
};

static struct stream *streams[STREAMS_MAX];
static unsigned int stream_count;
static int64_t drain_deadline_ms; /* 0: nobody waits */

static void open_client(struct stream *stream, int64_t now);

/* The finalizer of splitmix64: words of neighbours have nothing in common. */
static uint64_t word_at(uint64_t index)
{
	index = (index + 1) * 0x9e3779b97f4a7c15;
	index = (index ^ (index >> 30)) * 0xbf58476d1ce4e5b9;
	index = (index ^ (index >> 27)) * 0x94d049bb133111eb;
	return index ^ (index >> 31);
}

static void fill_block(struct stream *stream)
{
	for (unsigned int i = 0; i < BLOCK_WORDS; i++)
		stream->block[i] = word_at(stream->number * BLOCK_WORDS + i);
	stream->left = sizeof(stream->block);
}

/* Whether these are the bytes that were sent at that place of the stream. */
static bool is_sent(uint64_t place, const char *data, ssize_t bytes)
{
	for (ssize_t i = 0; i < bytes; i++) {
		uint64_t word = word_at((place + i) / sizeof(word));

		if (data[i] != ((char *)&word)[(place + i) % sizeof(word)])
			return false;
	}
	return true;
}

static void reopen(struct stream *stream, int64_t now)
{
	watch_remove(&stream->watch);
	close(stream->watch.fd);
	stream->broken++;
	open_client(stream, now);
}

static void heard_datagram(struct stream *stream, const void *data, ssize_t bytes)
{
	uint64_t number;

	if (bytes != sizeof(number))
		return;
	memcpy(&number, data, sizeof(number));
	if (number >= NUMBERS || stream->seen[number])
		return;
	stream->seen[number] = 1;
	stream->answered++;
}

static void heard(struct watch *watch)
{
	struct stream *stream = (struct stream *)watch;
	char data[READ_BYTES];
	ssize_t bytes;

	while ((bytes = recv(watch->fd, data, sizeof(data), 0)) > 0) {
		if (stream->protocol == PROTOCOL_UDP) {
			heard_datagram(stream, data, bytes);
			continue;
		}
		if (!is_sent(stream->bytes, data, bytes)) {
			fprintf(stderr, "stream %u: other bytes than were sent, after %lu\n",
				stream->id, stream->bytes);
			reopen(stream, now_ms());
			return;
		}
		stream->bytes += bytes;
		stream->answered = stream->bytes / sizeof(stream->block);
		stream->progress_ms = now_ms();
	}
	if (stream->protocol == PROTOCOL_TCP && (bytes == 0 || errno != EAGAIN))
		reopen(stream, now_ms());
}

static void open_client(struct stream *stream, int64_t now)
{
	bool tcp = stream->protocol == PROTOCOL_TCP;
	int type = (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
	struct watch *watch = &stream->watch;

	netns_enter(stream->netns);
	watch->fd = socket(stream->to.addr.ss_family, type, 0);
	watch->ready = heard;
	if (watch->fd < 0 ||
	    bind(watch->fd, (struct sockaddr *)&stream->from.addr, stream->from.length))
		fail("bind a stream's socket");
	if (connect(watch->fd, (struct sockaddr *)&stream->to.addr, stream->to.length) &&
	    errno != EINPROGRESS)
		fail("connect a stream");
	stream->sent = stream->answered = stream->bytes = stream->left = 0;
	stream->told_sent = stream->told_answered = 0;
	stream->progress_ms = now;
	watch_add(watch, EPOLLIN);
}

struct stream *stream_begin(unsigned int id, unsigned int netns, enum protocol protocol,
			    const struct endpoint *from, const struct endpoint *to,
			    unsigned int interval_ms)
{
	struct stream *stream = calloc(1, sizeof(*stream));

	errno = ENOSPC;
	if (!stream || stream_count == STREAMS_MAX)
		fail("remember a stream");
	*stream = (struct stream){ .id = id,
				   .netns = netns,
				   .protocol = protocol,
				   .expects_answers = true,
				   .from = *from,
				   .to = *to,
				   .interval_ms = interval_ms };
	open_client(stream, now_ms());
	streams[stream_count++] = stream;
	return stream;
}

/* Nobody waits for what a denied stream sends. */
void stream_expect_nothing(struct stream *stream)
{
	stream->expects_answers = false;
}

/* The kernel takes a datagram, or what it refuses to send is lost as well. */
static void send_datagram(struct stream *stream)
{
	if (stream->sent == NUMBERS)
		return;
	send(stream->watch.fd, &stream->sent, sizeof(stream->sent), MSG_NOSIGNAL);
	stream->sent++;
}

/* A block that TCP has taken in part is finished before the next one. */
static void send_block(struct stream *stream)
{
	const char *end = (const char *)(stream->block + BLOCK_WORDS);
	ssize_t bytes;

	if (!stream->left) {
		if (stream->sent == NUMBERS)
			return;
		stream->number = stream->sent;
		fill_block(stream);
	}
	bytes = send(stream->watch.fd, end - stream->left, stream->left, MSG_NOSIGNAL);
	if (bytes > 0)
		stream->left -= bytes;
	if (!stream->left)
		stream->sent++;
}

static void tick(struct stream *stream, int64_t now)
{
	bool waits = stream->protocol == PROTOCOL_TCP && stream->answered < stream->sent;

	if (!waits)
		stream->progress_ms = now;
	else if (now - stream->progress_ms > STALL_MS)
		reopen(stream, now);
	if (drain_deadline_ms || now < stream->due_ms)
		return;
	stream->due_ms = now + stream->interval_ms;
	if (stream->protocol == PROTOCOL_UDP)
		send_datagram(stream);
	else
		send_block(stream);
}

static bool all_answered(void)
{
	for (unsigned int i = 0; i < stream_count; i++)
		if (streams[i]->expects_answers &&
		    (streams[i]->answered < streams[i]->sent || streams[i]->left))
			return false;
	return true;
}

/* A broken connection has begun anew: what it had lost is not told twice. */
static void report(struct stream *stream)
{
	printf("stream %u %lu %lu %lu %lu\n", stream->id, stream->sent - stream->told_sent,
	       stream->answered - stream->told_answered, server_take_arrivals(&stream->to),
	       stream->broken);
	stream->broken = 0;
	if (stream->protocol == PROTOCOL_UDP) {
		stream->sent = stream->answered = 0;
		memset(stream->seen, 0, sizeof(stream->seen));
	}
	stream->told_sent = stream->sent;
	stream->told_answered = stream->answered;
}

/* Nothing is sent until all that was sent has come back, or would have. */
void streams_drain(void)
{
	drain_deadline_ms = now_ms() + LINGER_MS;
}

/* Milliseconds until this wants to be called again; -1: never. */
int streams_tick(void)
{
	int64_t now = now_ms();

	for (unsigned int i = 0; i < stream_count; i++)
		tick(streams[i], now);
	if (drain_deadline_ms && (all_answered() || now >= drain_deadline_ms)) {
		for (unsigned int i = 0; i < stream_count; i++)
			report(streams[i]);
		printf("drained\n");
		drain_deadline_ms = 0;
	}
	return stream_count || drain_deadline_ms ? 1 : -1;
}

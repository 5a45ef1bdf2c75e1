// SPDX-License-Identifier: Apache-2.0
#include "grpc.h"

#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <string.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* The state of a call, shared by the callbacks. */
struct call {
	struct grpc_request *request;
	struct grpc_response *response;
	bool closed;
	/* Negative errno set by a callback. */
	int error;
};

static ssize_t on_read(nghttp2_session *session, int32_t stream_id, uint8_t *to, size_t size,
		       uint32_t *flags, nghttp2_data_source *source, void *user_data)
{
	struct grpc_request *request = source->ptr;
	size_t count = grpc_request__read(request, to, size);

	(void)session, (void)stream_id, (void)user_data;
	if (request->sent == GRPC_PREFIX_SIZE + request->length)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)count;
}

/* Headers and trailers: a trailers-only response has its trailers in the first HEADERS frame. */
static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_length, const uint8_t *value, size_t length, uint8_t flags,
		     void *user_data)
{
	struct call *call = user_data;

	(void)session, (void)frame, (void)flags;
	grpc_response__header(call->response, name, name_length, value, length);
	return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream_id, const uint8_t *data,
		   size_t length, void *user_data)
{
	struct call *call = user_data;

	(void)session, (void)flags, (void)stream_id;
	if (grpc_response__data(call->response, data, length))
		return 0;
	call->error = -EMSGSIZE;
	return NGHTTP2_ERR_CALLBACK_FAILURE;
}

static int on_close(nghttp2_session *session, int32_t stream_id, uint32_t error_code,
		    void *user_data)
{
	struct call *call = user_data;

	(void)session, (void)stream_id;
	call->closed = true;
	/* A server may send a complete response and then reset the stream (RFC 9113 section 8.1).
	 */
	if (error_code != NGHTTP2_NO_ERROR && call->response->grpc_status == GRPC_STATUS_ABSENT)
		call->error = -ECONNRESET;
	return 0;
}

static nghttp2_session *open_session(struct call *call)
{
	nghttp2_session_callbacks *callbacks;
	nghttp2_session *session = NULL;

	if (nghttp2_session_callbacks_new(&callbacks))
		return NULL;
	nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
	if (nghttp2_session_client_new(&session, callbacks, call))
		session = NULL;
	nghttp2_session_callbacks_del(callbacks);
	return session;
}

static nghttp2_nv header(const char *name, const char *value)
{
	return (nghttp2_nv){
		.name = (uint8_t *)name,
		.value = (uint8_t *)value,
		.namelen = strlen(name),
		.valuelen = strlen(value),
	};
}

static int submit(nghttp2_session *session, struct call *call, int timeout_ms)
{
	const nghttp2_settings_entry no_push = { NGHTTP2_SETTINGS_ENABLE_PUSH, 0 };
	const nghttp2_data_provider body = { { .ptr = call->request }, on_read };
	char timeout[16];

	/* gRPC allows at most eight digits: 27 hours in milliseconds. */
	snprintf(timeout, sizeof(timeout), "%dm", timeout_ms);
	const nghttp2_nv headers[] = {
		header(":method", "POST"),
		header(":scheme", "http"),
		header(":path", call->request->path),
		header(":authority", "localhost"),
		header("te", "trailers"),
		header("content-type", "application/grpc+proto"),
		header("user-agent", "heddle-cni"),
		header("grpc-timeout", timeout),
	};

	if (nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, &no_push, 1) ||
	    nghttp2_submit_request(session, NULL, headers, ARRAY_SIZE(headers), &body, NULL) < 0)
		return -ENOMEM;
	return 0;
}

static int send_pending(nghttp2_session *session, struct connection *connection)
{
	const uint8_t *data;
	ssize_t length;

	while ((length = nghttp2_session_mem_send(session, &data)) > 0) {
		int error = connection__send(connection, data, (size_t)length);

		if (error)
			return error;
	}
	return length < 0 ? -EPROTO : 0;
}

static int receive_some(nghttp2_session *session, struct connection *connection)
{
	uint8_t chunk[16384];
	ssize_t received = connection__receive(connection, chunk, sizeof(chunk));

	if (received < 0)
		return (int)received;
	if (received == 0)
		return -ECONNRESET;
	return nghttp2_session_mem_recv(session, chunk, (size_t)received) < 0 ? -EPROTO : 0;
}

static int exchange(nghttp2_session *session, struct call *call, struct connection *connection)
{
	int error = submit(session, call, deadline__left(&connection->deadline));

	while (!error && !call->closed) {
		error = send_pending(session, connection);
		/* After a protocol error nghttp2 sends GOAWAY and reads no more. */
		if (!error && !nghttp2_session_want_read(session))
			error = -EPROTO;
		if (!error)
			error = receive_some(session, connection);
	}
	return call->error ? call->error : error;
}

int grpc__call(struct connection *connection, struct grpc_request *request,
	       struct grpc_response *response)
{
	struct call call = { .request = request, .response = response };
	nghttp2_session *session = open_session(&call);
	int error;

	if (!session)
		return -ENOMEM;
	error = exchange(session, &call, connection);
	nghttp2_session_del(session);
	return error;
}

// SPDX-License-Identifier: Apache-2.0
/* A BPF ring buffer on Node's event loop: uv_poll wakes us, everything readable goes to JavaScript
 * in one call. */
#include "addon.h"
#include "arguments.h"
#include "fd.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* More than this in one turn would keep the event loop from its other work; the rest wakes us
 * again. */
#define BATCH_BYTES_MAX (1 << 20)

struct ring {
	napi_env env;
	napi_ref callback;
	napi_async_context context;
	napi_async_cleanup_hook_handle cleanup; /* until uv has let go */
	struct ring_buffer *buffer;
	uv_poll_t poll;
	/* The batch: for each record its length (u32), its bytes, and padding to 4 bytes. */
	char *batch;
	size_t length;
	size_t capacity;
	bool open;	/* polled, and its callback referenced */
	bool collected; /* its JavaScript handle is gone: free it when uv has let go */
};

static int batch_reserve(struct ring *ring, size_t more)
{
	size_t capacity = ring->capacity ? ring->capacity : 4096;
	char *batch;

	while (capacity < ring->length + more)
		capacity *= 2;
	if (capacity == ring->capacity)
		return 0;
	batch = realloc(ring->batch, capacity);
	if (!batch)
		return -ENOMEM;
	ring->batch = batch;
	ring->capacity = capacity;
	return 0;
}

/* libbpf counts the record as consumed also when this answers with an error, which ends the batch.
 */
static int on_record(void *context, void *data, size_t size)
{
	struct ring *ring = context;
	size_t padded = sizeof(uint32_t) + ((size + 3) & ~(size_t)3);
	uint32_t length = size;

	if (batch_reserve(ring, padded) < 0)
		return -ENOMEM;
	memset(ring->batch + ring->length, 0, padded);
	memcpy(ring->batch + ring->length, &length, sizeof(length));
	memcpy(ring->batch + ring->length + sizeof(length), data, size);
	ring->length += padded;
	return ring->length >= BATCH_BYTES_MAX ? -EAGAIN : 0;
}

static void deliver(struct ring *ring)
{
	napi_env env = ring->env;
	napi_handle_scope scope;
	napi_value callback, global, batch;

	napi_open_handle_scope(env, &scope);
	napi_get_reference_value(env, ring->callback, &callback);
	napi_get_global(env, &global);
	napi_create_buffer_copy(env, ring->length, ring->batch, NULL, &batch);
	ring->length = 0;
	/* An exception goes to process's 'uncaughtException', as from any event handler. */
	if (napi_make_callback(env, ring->context, global, callback, 1, &batch, NULL) ==
	    napi_pending_exception) {
		napi_value exception;

		napi_get_and_clear_last_exception(env, &exception);
		napi_fatal_exception(env, exception);
	}
	napi_close_handle_scope(env, scope);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct ring *ring = poll->data;

	(void)status;
	(void)events;
	ring_buffer__consume(ring->buffer);
	if (ring->length > 0)
		deliver(ring);
}

static void ring_free(struct ring *ring)
{
	free(ring->batch);
	free(ring);
}

static void context_destroy(struct ring *ring)
{
	if (ring->context)
		napi_async_destroy(ring->env, ring->context);
	ring->context = NULL;
}

static void on_closed(uv_handle_t *handle)
{
	struct ring *ring = handle->data;

	/* Not before: the close may have come from inside the callback that the context serves. */
	context_destroy(ring);
	napi_remove_async_cleanup_hook(ring->cleanup);
	if (ring->collected)
		ring_free(ring);
	else
		ring->poll.data = NULL;
}

static void ring_close(struct ring *ring)
{
	if (!ring->open)
		return;
	ring->open = false;
	napi_delete_reference(ring->env, ring->callback);
	uv_close((uv_handle_t *)&ring->poll, on_closed);
	ring_buffer__free(ring->buffer);
}

/* The environment ends, a worker's for instance. Node waits for on_closed, which may come after the
 * environment: what belongs to that goes now. Without this the addon could be unloaded under uv's
 * callback. */
static void on_environment_end(napi_async_cleanup_hook_handle handle, void *data)
{
	struct ring *ring = data;

	(void)handle;
	context_destroy(ring);
	ring_close(ring);
}

static void ring_finalize(napi_env env, void *data, void *hint)
{
	struct ring *ring = data;

	(void)env;
	(void)hint;
	ring->collected = true;
	ring_close(ring);
	if (!ring->poll.data) /* uv has let go before, or never held it */
		ring_free(ring);
}

static int ring_start(struct ring *ring)
{
	uv_loop_t *loop;

	napi_get_uv_event_loop(ring->env, &loop);
	if (uv_poll_init(loop, &ring->poll, ring_buffer__epoll_fd(ring->buffer)) < 0) {
		ring_buffer__free(ring->buffer);
		return -EIO;
	}
	ring->poll.data = ring;
	uv_poll_start(&ring->poll, UV_READABLE, on_readable);
	return 0;
}

static void ring_reference(struct ring *ring, napi_value callback)
{
	napi_value name;

	napi_create_string_utf8(ring->env, "bpf_ring_buffer", NAPI_AUTO_LENGTH, &name);
	napi_async_init(ring->env, NULL, name, &ring->context);
	napi_create_reference(ring->env, callback, 1, &ring->callback);
	napi_add_async_cleanup_hook(ring->env, on_environment_end, ring, &ring->cleanup);
	ring->open = true;
}

/* openRingBuffer(map, onBatch): keeps the event loop alive until closed or unreferenced. */
static napi_value ring_open(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct ring *ring = calloc(1, sizeof(*ring));
	napi_value external;

	if (!ring)
		return result_number(env, -ENOMEM);
	napi_create_external(env, ring, ring_finalize, NULL, &external);
	ring->env = env;
	ring->buffer = ring_buffer__new(argument_fd(&args, 0), on_record, ring, NULL);
	if (!ring->buffer)
		return result_number(env, -errno);
	if (ring_start(ring) < 0)
		return result_number(env, -EIO);
	ring_reference(ring, args.values[1]);
	return external;
}

/* closeRingBuffer(ring): a second call does nothing. */
static napi_value ring_buffer_close(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct ring *ring = argument_external(&args, 0);

	if (ring)
		ring_close(ring);
	return result_number(env, 0);
}

/* consumeRingBuffer(ring): delivers at once what is readable. */
static napi_value ring_buffer_consume(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct ring *ring = argument_external(&args, 0);

	if (!ring || !ring->open)
		return result_number(env, -EBADF);
	on_readable(&ring->poll, 0, UV_READABLE);
	return result_number(env, 0);
}

/* unrefRingBuffer(ring): no longer keeps the event loop alive. */
static napi_value ring_buffer_unref(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct ring *ring = argument_external(&args, 0);

	if (ring && ring->open)
		uv_unref((uv_handle_t *)&ring->poll);
	return result_number(env, 0);
}

/* pauseRingBuffer(ring): records stay in the kernel's buffer until resumed. */
static napi_value ring_buffer_pause(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct ring *ring = argument_external(&args, 0);

	if (ring && ring->open)
		uv_poll_stop(&ring->poll);
	return result_number(env, 0);
}

/* resumeRingBuffer(ring): what is readable already wakes us at once. */
static napi_value ring_buffer_resume(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct ring *ring = argument_external(&args, 0);

	if (ring && ring->open)
		uv_poll_start(&ring->poll, UV_READABLE, on_readable);
	return result_number(env, 0);
}

const struct export ring_buffer_exports[] = {
	{ "openRingBuffer", ring_open },
	{ "closeRingBuffer", ring_buffer_close },
	{ "consumeRingBuffer", ring_buffer_consume },
	{ "pauseRingBuffer", ring_buffer_pause },
	{ "resumeRingBuffer", ring_buffer_resume },
	{ "unrefRingBuffer", ring_buffer_unref },
	{ NULL, NULL },
};

// SPDX-License-Identifier: Apache-2.0
/* A socket on Node's event loop: JavaScript is called whenever it is readable. */
#include "addon.h"
#include "arguments.h"

#include <errno.h>
#include <stdlib.h>
#include <uv.h>

struct watch {
	napi_env env;
	napi_ref callback;
	napi_async_context context;
	napi_async_cleanup_hook_handle cleanup;
	uv_poll_t poll;
	bool open;
	bool collected; /* its JavaScript handle is gone */
	bool released;	/* uv has let go of it */
};

static void watch_free_when_unused(struct watch *watch)
{
	if (watch->collected && watch->released)
		free(watch);
}

static void on_closed(uv_handle_t *handle)
{
	struct watch *watch = handle->data;

	/* Not earlier: the close may have come from inside the callback that this context serves.
	 */
	napi_async_destroy(watch->env, watch->context);
	napi_remove_async_cleanup_hook(watch->cleanup);
	watch->released = true;
	watch_free_when_unused(watch);
}

static void watch_close(struct watch *watch)
{
	if (!watch->open)
		return;
	watch->open = false;
	napi_delete_reference(watch->env, watch->callback);
	uv_close((uv_handle_t *)&watch->poll, on_closed);
}

/* A worker that ends, or the process: its loop runs until on_closed. */
static void on_environment_end(napi_async_cleanup_hook_handle handle, void *data)
{
	(void)handle;
	watch_close(data);
}

static void watch_finalize(napi_env env, void *data, void *hint)
{
	struct watch *watch = data;

	(void)env;
	(void)hint;
	watch_close(watch);
	watch->collected = true;
	watch_free_when_unused(watch);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct watch *watch = poll->data;
	napi_value callback, global, exception;
	napi_handle_scope scope;
	napi_status result;

	(void)status;
	(void)events;
	napi_open_handle_scope(watch->env, &scope);
	napi_get_reference_value(watch->env, watch->callback, &callback);
	napi_get_global(watch->env, &global);
	result = napi_make_callback(watch->env, watch->context, global, callback, 0, NULL, NULL);
	/* An exception goes to process's 'uncaughtException', as from any event handler. */
	if (result == napi_pending_exception) {
		napi_get_and_clear_last_exception(watch->env, &exception);
		napi_fatal_exception(watch->env, exception);
	}
	napi_close_handle_scope(watch->env, scope);
}

static int watch_start(struct watch *watch, int fd)
{
	uv_loop_t *loop;
	int error;

	napi_get_uv_event_loop(watch->env, &loop);
	watch->poll.data = watch;
	error = uv_poll_init(loop, &watch->poll, fd);
	if (error < 0)
		return error;
	watch->open = true;
	uv_poll_start(&watch->poll, UV_READABLE, on_readable); /* fails only while closing */
	return 0;
}

/* startWatch(fd, onReadable): keeps the event loop alive until stopped or unreferenced. */
static napi_value watch_new(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct watch *watch = calloc(1, sizeof(*watch));
	napi_value handle, name;
	int error;

	if (!watch)
		return result_number(env, -ENOMEM);
	watch->env = env;
	error = watch_start(watch, argument_s32(&args, 0));
	if (error < 0) {
		free(watch);
		return result_number(env, error);
	}
	napi_create_string_utf8(env, "rtnetlink", NAPI_AUTO_LENGTH, &name);
	napi_async_init(env, NULL, name, &watch->context);
	napi_create_reference(env, args.values[1], 1, &watch->callback);
	napi_add_async_cleanup_hook(env, on_environment_end, watch, &watch->cleanup);
	napi_create_external(env, watch, watch_finalize, NULL, &handle);
	return handle;
}

static struct watch *watch_argument(const struct arguments *args)
{
	void *watch = NULL;

	napi_get_value_external(args->env, args->values[0], &watch);
	return watch;
}

/* stopWatch(watch): a second call does nothing. The fd may be closed at once. */
static napi_value watch_stop(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct watch *watch = watch_argument(&args);

	if (watch)
		watch_close(watch);
	return result_number(env, 0);
}

/* pauseWatch(watch): JavaScript is not called until it is resumed. */
static napi_value watch_pause(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct watch *watch = watch_argument(&args);

	return result_number(env, watch && watch->open ? uv_poll_stop(&watch->poll) : 0);
}

/* resumeWatch(watch): what has come meanwhile is reported at once. */
static napi_value watch_resume(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct watch *watch = watch_argument(&args);

	if (!watch || !watch->open)
		return result_number(env, 0);
	return result_number(env, uv_poll_start(&watch->poll, UV_READABLE, on_readable));
}

/* unrefWatch(watch): no longer keeps the event loop alive. */
static napi_value watch_unref(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct watch *watch = watch_argument(&args);

	if (watch && watch->open)
		uv_unref((uv_handle_t *)&watch->poll);
	return result_number(env, 0);
}

const struct export watch_exports[] = {
	{ "startWatch", watch_new },   { "stopWatch", watch_stop },
	{ "pauseWatch", watch_pause }, { "resumeWatch", watch_resume },
	{ "unrefWatch", watch_unref }, { NULL, NULL },
};

// SPDX-License-Identifier: Apache-2.0
/* A request that keeps the kernel busy: sent, and its answer received, on a thread of libuv's pool.
 */
#include "addon.h"
#include "arguments.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

struct exchange {
	napi_async_work work;
	napi_ref callback, request_ref, answer_ref;
	int fd;
	struct bytes request, answer;
	ssize_t result; /* length of the answer, or -errno */
};

static ssize_t exchange_now(const struct exchange *exchange)
{
	const struct bytes *request = &exchange->request;
	const struct bytes *answer = &exchange->answer;
	ssize_t length = send(exchange->fd, request->data, request->size, 0);

	if (length >= 0)
		length = recv(exchange->fd, answer->data, answer->size, MSG_DONTWAIT | MSG_TRUNC);
	return length < 0 ? -errno : length;
}

static void exchange_execute(napi_env env, void *data)
{
	struct exchange *exchange = data;

	(void)env;
	exchange->result = exchange_now(exchange);
}

static void exchange_complete(napi_env env, napi_status status, void *data)
{
	struct exchange *exchange = data;
	napi_value callback, global, result;

	if (status == napi_cancelled)
		exchange->result = -ECANCELED;
	result = result_number(env, exchange->result);
	napi_get_reference_value(env, exchange->callback, &callback);
	napi_get_global(env, &global);
	napi_delete_reference(env, exchange->callback);
	napi_delete_reference(env, exchange->request_ref);
	napi_delete_reference(env, exchange->answer_ref);
	napi_delete_async_work(env, exchange->work);
	free(exchange);
	napi_call_function(env, global, callback, 1, &result, NULL);
}

/* exchangeLater(fd, request, answer, callback): calls it once, with the length of the answer, which
 * is larger than `answer` if it was cut, or -errno. Both buffers stay where they are until then. */
static napi_value exchange_later(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	napi_value name;

	if (!exchange)
		return result_number(env, -ENOMEM);
	exchange->fd = argument_s32(&args, 0);
	exchange->request = argument_bytes(&args, 1);
	exchange->answer = argument_bytes(&args, 2);
	napi_create_string_utf8(env, "exchange", NAPI_AUTO_LENGTH, &name);
	napi_create_reference(env, args.values[1], 1, &exchange->request_ref);
	napi_create_reference(env, args.values[2], 1, &exchange->answer_ref);
	napi_create_reference(env, args.values[3], 1, &exchange->callback);
	napi_create_async_work(env, NULL, name, exchange_execute, exchange_complete, exchange,
			       &exchange->work);
	napi_queue_async_work(env, exchange->work);
	return result_number(env, 0);
}

const struct export exchange_exports[] = {
	{ "exchangeLater", exchange_later },
	{ NULL, NULL },
};

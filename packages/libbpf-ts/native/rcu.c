// SPDX-License-Identifier: Apache-2.0
/* RCU's grace period: membarrier(2) waits for one before it returns, on a thread of libuv's pool
 * or on the caller's. */
#include "addon.h"
#include "arguments.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct grace_period {
	napi_async_work work;
	napi_ref callback;
	int result; /* 0 or -errno */
};

static int grace_period_wait(void)
{
	return syscall(__NR_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) < 0 ? -errno : 0;
}

static void grace_period_execute(napi_env env, void *data)
{
	struct grace_period *wait = data;

	(void)env;
	wait->result = grace_period_wait();
}

static void grace_period_complete(napi_env env, napi_status status, void *data)
{
	struct grace_period *wait = data;
	napi_value callback, global, result;

	if (status == napi_cancelled)
		wait->result = -ECANCELED;
	result = result_number(env, wait->result);
	napi_get_reference_value(env, wait->callback, &callback);
	napi_get_global(env, &global);
	napi_delete_reference(env, wait->callback);
	napi_delete_async_work(env, wait->work);
	free(wait);
	napi_call_function(env, global, callback, 1, &result, NULL);
}

/* synchronizeRcu(): blocks. */
static napi_value rcu_synchronize(napi_env env, napi_callback_info info)
{
	(void)info;
	return result_number(env, grace_period_wait());
}

/* synchronizeRcuLater(callback): calls it with 0 or -errno, once. */
static napi_value rcu_synchronize_later(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct grace_period *wait = calloc(1, sizeof(*wait));
	napi_value name;

	if (!wait)
		return result_number(env, -ENOMEM);
	napi_create_string_utf8(env, "synchronizeRcu", NAPI_AUTO_LENGTH, &name);
	napi_create_reference(env, args.values[0], 1, &wait->callback);
	napi_create_async_work(env, NULL, name, grace_period_execute, grace_period_complete, wait,
			       &wait->work);
	napi_queue_async_work(env, wait->work);
	return result_number(env, 0);
}

const struct export rcu_exports[] = {
	{ "synchronizeRcu", rcu_synchronize },
	{ "synchronizeRcuLater", rcu_synchronize_later },
	{ NULL, NULL },
};

// SPDX-License-Identifier: Apache-2.0
/* Handles of file descriptors. */
#include "fd.h"
#include "addon.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct fd_handle {
	int fd;
};

static void fd_release(struct fd_handle *handle)
{
	if (handle->fd >= 0)
		close(handle->fd);
	handle->fd = -1;
}

static void fd_finalize(napi_env env, void *data, void *hint)
{
	(void)env;
	(void)hint;
	fd_release(data);
	free(data);
}

/* adoptFd(fd): a handle that owns the descriptor from now on. */
static napi_value fd_adopt(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct fd_handle *handle = malloc(sizeof(*handle));
	napi_value external;

	if (!handle)
		return result_number(env, -ENOMEM);
	handle->fd = argument_s32(&args, 0);
	if (napi_create_external(env, handle, fd_finalize, NULL, &external) != napi_ok) {
		free(handle);
		return result_number(env, -ENOMEM);
	}
	return external;
}

int argument_fd(const struct arguments *args, size_t index)
{
	struct fd_handle *handle = argument_external(args, index);

	return handle ? handle->fd : -1;
}

/* closeFd(handle): closes it; a second call does nothing. */
static napi_value fd_close(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct fd_handle *handle = argument_external(&args, 0);

	if (handle)
		fd_release(handle);
	return result_number(env, 0);
}

/* fdNumber(handle): the descriptor's number, -1 once closed. */
static napi_value fd_number(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);

	return result_number(env, argument_fd(&args, 0));
}

const struct export fd_exports[] = {
	{ "adoptFd", fd_adopt },
	{ "closeFd", fd_close },
	{ "fdNumber", fd_number },
	{ NULL, NULL },
};

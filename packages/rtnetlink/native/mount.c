// SPDX-License-Identifier: Apache-2.0
/* mount(2) and umount2(2), with which a network namespace gets and loses its name. */
#include "addon.h"
#include "arguments.h"

#include <sys/mount.h>

/* mount(source, target, flags) */
static napi_value mount_path(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	char source[ARGUMENT_PATH_MAX], target[ARGUMENT_PATH_MAX];

	return result_errno(env,
			    mount(argument_path(&args, 0, source), argument_path(&args, 1, target),
				  "none", argument_u32(&args, 2), NULL));
}

/* unmount(target, flags) */
static napi_value unmount_path(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	char target[ARGUMENT_PATH_MAX];

	return result_errno(env, umount2(argument_path(&args, 0, target), argument_s32(&args, 1)));
}

const struct export mount_exports[] = {
	{ "mount", mount_path },
	{ "unmount", unmount_path },
	{ NULL, NULL },
};

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who else holds a file or a unix socket's name: flock(2), and the credentials of unix(7). */
#include "addon.h"
#include "arguments.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* lockFile(fd): without waiting; -EWOULDBLOCK if another open file holds it. The lock ends with fd.
 */
static napi_value lock_file(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);

	return result_errno(env, flock(argument_s32(&args, 0), LOCK_EX | LOCK_NB));
}

static int peer_uid(const struct sockaddr_un *address, socklen_t size)
{
	struct ucred peer = {};
	socklen_t peer_size = sizeof(peer);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int result = -1;

	if (fd < 0)
		return -errno;
	if (!connect(fd, (const struct sockaddr *)address, size))
		result = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_size);
	if (result < 0)
		result = -errno;
	close(fd);
	return result < 0 ? result : (int)peer.uid;
}

/* unixListenerUid(name): the user that listens at these bytes of sun_path, the first of which is
 * NUL for an abstract name. -ECONNREFUSED: no one listens; -EAGAIN: its backlog is full. */
static napi_value unix_listener_uid(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes name = argument_bytes(&args, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (name.size > sizeof(address.sun_path))
		return result_number(env, -ENAMETOOLONG);
	memcpy(address.sun_path, name.data, name.size);
	return result_number(env, peer_uid(&address, offsetof(struct sockaddr_un, sun_path) +
							     (socklen_t)name.size));
}

const struct export lock_exports[] = {
	{ "lockFile", lock_file },
	{ "unixListenerUid", unix_listener_uid },
	{ NULL, NULL },
};

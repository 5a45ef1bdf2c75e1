// SPDX-License-Identifier: Apache-2.0
/* The rtnetlink socket: the system calls that Node lacks. Closing is Node's own fs.closeSync. */
#include "addon.h"
#include "arguments.h"
#include "netns.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

static int socket_new(void *data)
{
	const int *protocol = data;
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, *protocol);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	return fd;
}

/* openSocket(netnsFd, protocol): it belongs to that namespace for good; -1 is the current one.
 * `protocol`: NETLINK_ROUTE, NETLINK_NETFILTER. */
static napi_value socket_open(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	int protocol = argument_s32(&args, 1);

	return result_number(env, netns_run(argument_s32(&args, 0), socket_new, &protocol));
}

/* setNetlinkOption(fd, option, value) */
static napi_value socket_set_option(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	int value = argument_s32(&args, 2);

	return result_errno(env, setsockopt(argument_s32(&args, 0), SOL_NETLINK,
					    argument_s32(&args, 1), &value, sizeof(value)));
}

/* setReceiveBuffer(fd, bytes): root may pass the system's limit. */
static napi_value socket_set_receive_buffer(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	int bytes = argument_s32(&args, 1);

	return result_errno(env, setsockopt(argument_s32(&args, 0), SOL_SOCKET, SO_RCVBUFFORCE,
					    &bytes, sizeof(bytes)));
}

/* send(fd, messages): the kernel handles all of them before this returns. */
static napi_value socket_send(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes messages = argument_bytes(&args, 1);

	return result_errno(env, send(argument_s32(&args, 0), messages.data, messages.size, 0));
}

/* receive(fd, into): the length of one datagram, which is larger than `into` if it was cut. Answers
 * are there when send returns, so that waiting would be for ever: -EAGAIN instead. */
static napi_value socket_receive(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes into = argument_bytes(&args, 1);

	return result_errno(
		env, recv(argument_s32(&args, 0), into.data, into.size, MSG_DONTWAIT | MSG_TRUNC));
}

/* peerCredentials(fd, into): pid, uid and gid of the process at the other end of a unix socket. */
static napi_value socket_peer_credentials(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes into = argument_bytes(&args, 1);
	socklen_t size = (socklen_t)into.size;

	return result_errno(
		env, getsockopt(argument_s32(&args, 0), SOL_SOCKET, SO_PEERCRED, into.data, &size));
}

const struct export socket_exports[] = {
	{ "peerCredentials", socket_peer_credentials },
	{ "openSocket", socket_open },
	{ "setNetlinkOption", socket_set_option },
	{ "setReceiveBuffer", socket_set_receive_buffer },
	{ "send", socket_send },
	{ "receive", socket_receive },
	{ NULL, NULL },
};

// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Interval of retries while the listener's backlog is full: poll(2) cannot wait for space in it. */
#define RETRY_US 10000

/* Retries while the listener's backlog is full (EAGAIN), until the deadline. */
static int connect_in_time(struct connection *connection, const struct sockaddr_un *address)
{
	while (connect(connection->fd, (const struct sockaddr *)address, sizeof(*address))) {
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (deadline__left(&connection->deadline) == 0)
			return -ETIMEDOUT;
		usleep(RETRY_US);
	}
	return 0;
}

int connection__open(struct connection *connection, const char *path, struct deadline deadline)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int error;

	connection->deadline = deadline;
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	connection->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (connection->fd < 0)
		return -errno;
	error = connect_in_time(connection, &address);
	if (error)
		connection__close(connection);
	return error;
}

void connection__close(struct connection *connection)
{
	close(connection->fd);
	connection->fd = -1;
}

int connection__send(struct connection *connection, const uint8_t *data, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(connection->fd, data, length, MSG_NOSIGNAL);

		if (sent >= 0) {
			data += sent;
			length -= (size_t)sent;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (!deadline__wait(&connection->deadline, connection->fd, POLLOUT))
			return -ETIMEDOUT;
	}
	return 0;
}

ssize_t connection__receive(struct connection *connection, uint8_t *data, size_t size)
{
	for (;;) {
		ssize_t received;

		/* Checked for each chunk: a daemon that sends bytes without end must time out too.
		 */
		if (deadline__left(&connection->deadline) == 0)
			return -ETIMEDOUT;
		received = recv(connection->fd, data, size, 0);
		if (received >= 0)
			return received;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (!deadline__wait(&connection->deadline, connection->fd, POLLIN))
			return -ETIMEDOUT;
	}
}

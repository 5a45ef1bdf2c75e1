// SPDX-License-Identifier: Apache-2.0
#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".deletes"
/* More than the pods of any node; a folder of that many is read in a millisecond. */
#define MAX_DELETES 4096

/* After a boot the default folders are absent until the daemon starts. No other is made: beside a
 * socket that is named wrongly no daemon would ever look for what is kept. */
static int make_default_folders(const char *socket)
{
	if (strcmp(socket, DEFAULT_SOCKET))
		return 0;
	if (mkdir(DEFAULT_RUN_FOLDER, 0755) && errno != EEXIST)
		return -errno;
	return mkdir(DEFAULT_SOCKET SUFFIX, 0700) && errno != EEXIST ? -errno : 0;
}

/* The daemon acts on what is in it: no other user may write there. */
static bool is_private(int folder)
{
	struct stat status;

	return !fstat(folder, &status) && status.st_uid == geteuid() &&
	       (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static int open_folder(const struct netconf *netconf)
{
	char path[sizeof(netconf->socket) + sizeof(SUFFIX)];
	int error = make_default_folders(netconf->socket);
	int folder;

	if (error)
		return error;
	snprintf(path, sizeof(path), "%s" SUFFIX, netconf->socket);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return -errno;
	if (is_private(folder))
		return folder;
	close(folder);
	return -EPERM;
}

static bool has_room(int folder)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = copy < 0 ? NULL : fdopendir(copy);
	int count = 0;

	if (!entries) {
		if (copy >= 0)
			close(copy);
		return false;
	}
	while (count < MAX_DELETES && readdir(entries))
		count++;
	closedir(entries);
	return count < MAX_DELETES;
}

static bool write_record(FILE *file, const struct environment *environment)
{
	struct json_object *json = json_object_new_object();
	bool written;

	json_object_object_add(json, "containerID",
			       json_object_new_string(environment->container_id));
	json_object_object_add(json, "ifname", json_object_new_string(environment->ifname));
	json_object_object_add(json, "netns", json_object_new_string(environment->netns));
	written = fprintf(file, "%s\n",
			  json_object_to_json_string_ext(json, JSON_C_TO_STRING_NOSLASHESCAPE)) > 0;
	json_object_put(json);
	return written && !fflush(file) && !fsync(fileno(file));
}

/* A whole file under its name or none, also after a crash. */
static int write_file(int folder, const char *name, const struct environment *environment)
{
	char fresh[32];
	FILE *file;
	bool written;
	int fd;

	snprintf(fresh, sizeof(fresh), ".%d", (int)getpid());
	fd = openat(folder, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	file = fdopen(fd, "w");
	written = file && write_record(file, environment);
	if (file ? fclose(file) : close(fd))
		written = false;
	if (written && !renameat(folder, fresh, folder, name) && !fsync(folder))
		return 0;
	unlinkat(folder, fresh, 0);
	return -EIO;
}

/* A key that CNI forbids cannot have been added, and may not name a file. */
static bool is_key(const struct environment *environment, char *name, size_t size)
{
	const char *id = environment->container_id, *ifname = environment->ifname;
	int length = snprintf(name, size, "%s:%s", id, ifname);

	return length > 0 && (size_t)length < size && *id != '.' && !strpbrk(id, "/:") &&
	       !strpbrk(ifname, "/:");
}

int spool__delete(const struct invocation *invocation)
{
	const struct environment *environment = &invocation->environment;
	char name[NAME_MAX + 1];
	int folder, error;

	if (!is_key(environment, name, sizeof(name)))
		return -EINVAL;
	folder = open_folder(&invocation->netconf);
	if (folder < 0)
		return folder;
	error = has_room(folder) || !faccessat(folder, name, F_OK, 0)
			? write_file(folder, name, environment)
			: -ENOSPC;
	close(folder);
	return error;
}

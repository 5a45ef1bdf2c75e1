// SPDX-License-Identifier: Apache-2.0
/* BPF objects between open and load: the only time at which libbpf lets their parts be set. */
#include "addon.h"
#include "arguments.h"
#include "fd.h"
#include "object.h"
#include "signals.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

/* A handle outlives its object: closeObject() may come long before the garbage collector. */
struct object_handle {
	struct bpf_object *object;
};

static void object_finalize(napi_env env, void *data, void *hint)
{
	struct object_handle *handle = data;

	(void)env;
	(void)hint;
	bpf_object__close(handle->object); /* NULL is fine */
	free(handle);
}

static struct bpf_object *argument_object(const struct arguments *args)
{
	struct object_handle *handle = argument_external(args, 0);

	return handle ? handle->object : NULL;
}

static struct bpf_map *argument_map(const struct arguments *args)
{
	struct bpf_object *object = argument_object(args);
	char name[ARGUMENT_TEXT_MAX];

	if (!object || !argument_text(args, 1, name))
		return NULL;
	return bpf_object__find_map_by_name(object, name);
}

struct bpf_program *argument_program(const struct arguments *args)
{
	struct bpf_object *object = argument_object(args);
	char name[ARGUMENT_TEXT_MAX];

	if (!object || !argument_text(args, 1, name))
		return NULL;
	return bpf_object__find_program_by_name(object, name);
}

static napi_value object_wrap(napi_env env, struct bpf_object *object)
{
	struct object_handle *handle = malloc(sizeof(*handle));
	napi_value external;

	if (!handle) {
		bpf_object__close(object);
		return result_number(env, -ENOMEM);
	}
	handle->object = object;
	napi_create_external(env, handle, object_finalize, NULL, &external);
	return external;
}

/* openObject(elf, name): libbpf copies what it needs of the bytes. */
static napi_value object_open(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bytes elf = argument_bytes(&args, 0);
	char name[ARGUMENT_TEXT_MAX];
	LIBBPF_OPTS(bpf_object_open_opts, options);
	struct bpf_object *object;

	options.object_name = argument_text(&args, 1, name);
	object = bpf_object__open_mem(elf.data, elf.size, &options);
	return object ? object_wrap(env, object) : result_number(env, -errno);
}

/* closeObject(object): descriptors taken out of it stay open. */
static napi_value object_close(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct object_handle *handle = argument_external(&args, 0);

	if (handle) {
		bpf_object__close(handle->object);
		handle->object = NULL;
	}
	return result_number(env, 0);
}

/* setMapValue(object, map, bytes): what a data section holds when it is loaded. */
static napi_value object_set_map_value(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_map *map = argument_map(&args);
	struct bytes value = argument_bytes(&args, 2);

	if (!map)
		return result_number(env, -ENOENT);
	return result_number(env, bpf_map__set_initial_value(map, value.data, value.size));
}

/* setMapMaxEntries(object, map, maxEntries) */
static napi_value object_set_map_max_entries(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_map *map = argument_map(&args);

	if (!map)
		return result_number(env, -ENOENT);
	return result_number(env, bpf_map__set_max_entries(map, argument_u32(&args, 2)));
}

/* reuseMap(object, map, fd): libbpf keeps a duplicate. */
static napi_value object_reuse_map(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_map *map = argument_map(&args);

	if (!map)
		return result_number(env, -ENOENT);
	return result_number(env, bpf_map__reuse_fd(map, argument_fd(&args, 2)));
}

/* setProgramType(object, program, type) */
static napi_value object_set_program_type(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);

	if (!program)
		return result_number(env, -ENOENT);
	return result_number(env, bpf_program__set_type(program, argument_u32(&args, 2)));
}

/* setProgramAttachType(object, program, attachType) */
static napi_value object_set_program_attach_type(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);
	uint32_t type = argument_u32(&args, 2);

	if (!program)
		return result_number(env, -ENOENT);
	return result_number(env, bpf_program__set_expected_attach_type(program, type));
}

/* programAttachType(object, program): what its section, or setProgramAttachType(), says. */
static napi_value object_program_attach_type(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);

	if (!program)
		return result_number(env, -ENOENT);
	return result_number(env, bpf_program__expected_attach_type(program));
}

/* setProgramAutoload(object, program, 0 or 1) */
static napi_value object_set_program_autoload(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);

	if (!program)
		return result_number(env, -ENOENT);
	return result_number(env, bpf_program__set_autoload(program, argument_u32(&args, 2)));
}

static int load_uninterrupted(struct bpf_object *object)
{
	sigset_t before;
	int err;

	signals_block(&before);
	err = bpf_object__load(object);
	signals_restore(&before);
	return err;
}

/* loadObject(object) */
static napi_value object_load(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_object *object = argument_object(&args);

	return result_number(env, object ? load_uninterrupted(object) : -EBADF);
}

static napi_value duplicate(napi_env env, int fd)
{
	if (fd < 0)
		return result_number(env, fd);
	return result_errno(env, fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

/* mapFd(object, map): a duplicate, the caller's own. */
static napi_value object_map_fd(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_map *map = argument_map(&args);

	return duplicate(env, map ? bpf_map__fd(map) : -ENOENT);
}

/* programFd(object, program): a duplicate, the caller's own. */
static napi_value object_program_fd(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct bpf_program *program = argument_program(&args);

	return duplicate(env, program ? bpf_program__fd(program) : -ENOENT);
}

const struct export object_exports[] = {
	{ "openObject", object_open },
	{ "closeObject", object_close },
	{ "setMapValue", object_set_map_value },
	{ "setMapMaxEntries", object_set_map_max_entries },
	{ "reuseMap", object_reuse_map },
	{ "setProgramType", object_set_program_type },
	{ "setProgramAttachType", object_set_program_attach_type },
	{ "programAttachType", object_program_attach_type },
	{ "setProgramAutoload", object_set_program_autoload },
	{ "loadObject", object_load },
	{ "mapFd", object_map_fd },
	{ "programFd", object_program_fd },
	{ NULL, NULL },
};

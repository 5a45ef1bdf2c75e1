// SPDX-License-Identifier: Apache-2.0
/* tc's clsact qdisc and its direct-action filters: how programs are attached where tcx (6.6) is
 * missing. */
#include "addon.h"
#include "arguments.h"
#include "fd.h"
#include "netns.h"

#include <bpf/libbpf.h>
#include <string.h>

/* One filter of the clsact qdisc; priority and handle name it. */
struct filter {
	struct bpf_tc_hook hook;
	struct bpf_tc_opts options;
};

/* (ifindex, direction, program or undefined, priority, handle, netns): the arguments of every
 * function here. */
static void read_filter(const struct arguments *args, struct filter *filter)
{
	/* libbpf refuses options whose padding is not zero: no initializer promises that. */
	memset(filter, 0, sizeof(*filter));
	filter->hook.sz = sizeof(filter->hook);
	filter->hook.ifindex = argument_s32(args, 0);
	filter->hook.attach_point = argument_u32(args, 1);
	filter->options.sz = sizeof(filter->options);
	filter->options.priority = argument_u32(args, 3);
	filter->options.handle = argument_u32(args, 4);
}

static napi_value run_in_netns(const struct arguments *args, long (*work)(void *data),
			       struct filter *filter)
{
	char path[ARGUMENT_TEXT_MAX];

	return result_number(args->env, netns_run(argument_text(args, 5, path), work, filter));
}

static long hook_create(void *data)
{
	return bpf_tc_hook_create(&((struct filter *)data)->hook);
}

static long filter_attach(void *data)
{
	struct filter *filter = data;

	return bpf_tc_attach(&filter->hook, &filter->options);
}

static long filter_detach(void *data)
{
	struct filter *filter = data;

	return bpf_tc_detach(&filter->hook, &filter->options);
}

static long filter_query(void *data)
{
	struct filter *filter = data;
	int error = bpf_tc_query(&filter->hook, &filter->options);

	return error ? error : (long)filter->options.prog_id;
}

/* clsactCreate(…): -EEXIST where the qdisc already stands. */
static napi_value clsact_create(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct filter filter;

	read_filter(&args, &filter);
	return run_in_netns(&args, hook_create, &filter);
}

/* clsactAttach(…): replaces the filter of that priority and handle, in one step. */
static napi_value clsact_attach(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct filter filter;

	read_filter(&args, &filter);
	filter.options.prog_fd = argument_fd(&args, 2);
	filter.options.flags = BPF_TC_F_REPLACE;
	return run_in_netns(&args, filter_attach, &filter);
}

/* clsactDetach(…) */
static napi_value clsact_detach(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct filter filter;

	read_filter(&args, &filter);
	return run_in_netns(&args, filter_detach, &filter);
}

/* clsactQuery(…): the id of the filter's program. */
static napi_value clsact_query(napi_env env, napi_callback_info info)
{
	struct arguments args = arguments_read(env, info);
	struct filter filter;

	read_filter(&args, &filter);
	return run_in_netns(&args, filter_query, &filter);
}

const struct export clsact_exports[] = {
	{ "clsactCreate", clsact_create },
	{ "clsactAttach", clsact_attach },
	{ "clsactDetach", clsact_detach },
	{ "clsactQuery", clsact_query },
	{ NULL, NULL },
};

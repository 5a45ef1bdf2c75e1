// SPDX-License-Identifier: Apache-2.0
/* What each file of the addon exports to JavaScript. Every function returns a number >= 0, a
 * handle, or -errno. */
#pragma once

#include <node_api.h>

/* One exported function: its JavaScript name and its body. */
struct export
{
	const char *name;
	napi_callback call;
};

/* Tables ended by a NULL name. */
extern const struct export fd_exports[];
extern const struct export log_exports[];
extern const struct export object_exports[];
extern const struct export attach_exports[];
extern const struct export map_exports[];
extern const struct export syscall_exports[];
extern const struct export clsact_exports[];
extern const struct export ring_buffer_exports[];
extern const struct export rcu_exports[];

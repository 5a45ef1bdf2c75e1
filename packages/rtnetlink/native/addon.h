// SPDX-License-Identifier: Apache-2.0
/* What each file of the addon exports to JavaScript. Every function returns a number >= 0, a
 * handle, or -errno; what to do about it is decided in TypeScript. */
#pragma once

#include <node_api.h>

/* One exported function: its JavaScript name and its body. */
struct export
{
	const char *name;
	napi_callback call;
};

/* Tables ended by a NULL name. */
extern const struct export exchange_exports[];
extern const struct export lock_exports[];
extern const struct export mount_exports[];
extern const struct export netns_exports[];
extern const struct export socket_exports[];
extern const struct export watch_exports[];

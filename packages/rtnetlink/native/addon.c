// SPDX-License-Identifier: Apache-2.0
/* Entry point: hands the tables of exports to Node. As in libbpf-ts: see arguments.c. */
#include "addon.h"

static void export_table(napi_env env, napi_value exports, const struct export *table)
{
	napi_value function;

	for (; table->name; table++) {
		napi_create_function(env, table->name, NAPI_AUTO_LENGTH, table->call, NULL,
				     &function);
		napi_set_named_property(env, exports, table->name, function);
	}
}

NAPI_MODULE_INIT()
{
	export_table(env, exports, exchange_exports);
	export_table(env, exports, lock_exports);
	export_table(env, exports, mount_exports);
	export_table(env, exports, netns_exports);
	export_table(env, exports, socket_exports);
	export_table(env, exports, watch_exports);
	return exports;
}

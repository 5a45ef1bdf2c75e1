// SPDX-License-Identifier: Apache-2.0
/* Entry point: hands the tables of exports to Node. As in rtnetlink: see arguments.c. */
#include "addon.h"
#include "log.h"

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
	log_capture_install();
	export_table(env, exports, fd_exports);
	export_table(env, exports, log_exports);
	export_table(env, exports, object_exports);
	export_table(env, exports, attach_exports);
	export_table(env, exports, map_exports);
	export_table(env, exports, syscall_exports);
	export_table(env, exports, clsact_exports);
	export_table(env, exports, ring_buffer_exports);
	export_table(env, exports, rcu_exports);
	return exports;
}

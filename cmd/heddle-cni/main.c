// SPDX-License-Identifier: Apache-2.0
/* heddle-cni: the CNI plugin. Environment and standard input in, one call to heddled, JSON out. */
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "input.h"
#include "output.h"
#include "spool.h"

/* Reads environment and standard input. VERSION may come without a configuration. */
static int read_invocation(struct invocation *invocation, struct failure *failure)
{
	struct netconf *netconf = &invocation->netconf;
	struct deadline deadline;

	netconf__defaults(netconf);
	deadline = deadline__in(netconf->timeout_ms);
	if (environment__read(&invocation->environment, failure))
		return -1;
	if (input__read(&invocation->input, &deadline, failure))
		return -1;
	if (invocation->environment.command == COMMAND_VERSION && invocation->input.length == 0)
		return 0;
	if (!netconf__parse(netconf, &invocation->input, failure))
		return 0;
	/* DEL does what it can, with the defaults for fields that are odd. */
	return invocation->environment.command == COMMAND_DEL && failure->code == CNI_INVALID_CONFIG
		       ? 0
		       : -1;
}

/*
 * A daemon that is away, or not ready, finds the delete when it is back. One that cannot be kept
 * fails like every other command.
 */
static bool keep_delete(const struct invocation *invocation, struct failure *failure)
{
	int error;

	if (invocation->environment.command != COMMAND_DEL || failure->code != CNI_TRY_AGAIN_LATER)
		return false;
	error = spool__delete(invocation);
	if (error)
		fail_also(failure, "; nor can the delete be kept for it: %s", strerror(-error));
	return !error;
}

static int run(const struct invocation *invocation, struct failure *failure)
{
	struct buffer result = { .limit = SIZE_MAX };
	bool printed = false;

	if (invocation->environment.command == COMMAND_VERSION)
		return output__versions(invocation->netconf.cni_version) ? 0 : -1;
	if (!daemon__call(invocation, &result, failure))
		printed = output__result(&result);
	else if (keep_delete(invocation, failure))
		printed = true;
	else
		output__failure(invocation->netconf.cni_version, failure);
	buffer__free(&result);
	return printed ? 0 : -1;
}

int main(void)
{
	struct invocation invocation = { .started_ms = deadline__now_ms() };
	struct failure failure;
	int error = read_invocation(&invocation, &failure);

	if (error)
		output__failure(invocation.netconf.cni_version, &failure);
	else
		error = run(&invocation, &failure);
	buffer__free(&invocation.input);
	return error ? EXIT_FAILURE : EXIT_SUCCESS;
}

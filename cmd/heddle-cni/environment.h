// SPDX-License-Identifier: Apache-2.0
/* The CNI_* variables: the command, and the variables that it requires. */
#pragma once

#include "failure.h"

enum command {
	COMMAND_ADD,
	COMMAND_DEL,
	COMMAND_CHECK,
	COMMAND_GC,
	COMMAND_STATUS,
	COMMAND_VERSION,
};

/* The strings are the process's own environment; an unset variable is "". */
struct environment {
	enum command command;
	const char *container_id;
	const char *netns;
	const char *ifname;
	const char *args;
	const char *path;
};

/* -1 and CNI_INVALID_ENVIRONMENT with the names of all variables that are wrong. */
int environment__read(struct environment *environment, struct failure *failure);

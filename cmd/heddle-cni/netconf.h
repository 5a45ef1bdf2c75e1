// SPDX-License-Identifier: Apache-2.0
/* The fields of the network configuration that the plugin itself reads. */
#pragma once

#include <sys/un.h>

#include "buffer.h"
#include "failure.h"

#define DEFAULT_RUN_FOLDER "/run/heddle"
#define DEFAULT_SOCKET	   DEFAULT_RUN_FOLDER "/heddled.sock"

struct netconf {
	/* `cniVersion`; the newest supported one when it is missing or too long. */
	char cni_version[32];
	/* `socket`: path of the daemon's socket. */
	char socket[sizeof(((struct sockaddr_un *)0)->sun_path)];
	/* `timeoutSeconds`: timeout of one call. */
	int timeout_ms;
	/* `logCommand`: prints the daemon's log, wherever it runs; empty: the daemon did not write
	 * the configuration. */
	char log_command[512];
};

/* The values before a configuration is parsed. */
void netconf__defaults(struct netconf *netconf);
/* Overwrites the defaults with the values of `input`; -1 when it is not a configuration. */
int netconf__parse(struct netconf *netconf, const struct buffer *input, struct failure *failure);

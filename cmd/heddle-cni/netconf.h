// SPDX-License-Identifier: Apache-2.0
/* The few fields of the network configuration that the plugin itself needs. */
#pragma once

#include <sys/un.h>

#include "buffer.h"
#include "failure.h"

struct netconf {
	/* `cniVersion`; the newest we speak when it is missing or unreasonable. */
	char cni_version[32];
	/* `socket`: path of the daemon's socket. */
	char socket[sizeof(((struct sockaddr_un *)0)->sun_path)];
	/* `timeoutSeconds`: how long one call may take. */
	int timeout_ms;
};

/* What holds before a configuration has been read. */
void netconf__defaults(struct netconf *netconf);
/* Overwrites the defaults with what `input` says; -1 when it is no configuration. */
int netconf__parse(struct netconf *netconf, const struct buffer *input, struct failure *failure);

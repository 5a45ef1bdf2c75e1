// SPDX-License-Identifier: Apache-2.0
/* The path of the container's network namespace, as the daemon can use it. */
#pragma once

#include <limits.h>

/*
 * Without symbolic links: the daemon's container has /run/netns mounted, and runtimes say
 * /var/run/netns. Empty when nothing is there; the path itself when links lead to no path, as in
 * /proc/PID/ns.
 */
const char *netns__resolve(const char *path, char resolved[PATH_MAX]);

// SPDX-License-Identifier: Apache-2.0
/* Work inside another network namespace: the calling thread enters it, does the one thing and
 * returns, which a thread of its own would take ten times as long for. No other thread of the
 * process moves. */
#pragma once

/* The namespace that the caller is in. */
#define NETNS_CURRENT (-1)

/* Runs `work` inside the namespace; -errno when it could not be entered. Aborts when it cannot be
 * left: whatever came next would be done to the wrong machine. */
int netns_run(int netns_fd, int (*work)(void *data), void *data);

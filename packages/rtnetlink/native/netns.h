// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Work inside another network namespace, without moving the process: a throwaway thread enters it,
 * does the one thing, and ends. Node's own threads never change theirs. */
#pragma once

/* The namespace that the caller is in: no thread is needed. */
#define NETNS_CURRENT (-1)

/* Runs `work` inside the namespace and waits for it; -errno when it could not be entered. */
int netns_run(int netns_fd, int (*work)(void *data), void *data);

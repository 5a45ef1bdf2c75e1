// SPDX-License-Identifier: Apache-2.0
/* Work inside another network namespace, without moving the process or any thread that Node knows.
 */
#pragma once

/* Calls work(data) on a throwaway thread inside the namespace at path; on this thread if path is
 * NULL. Returns what work returned, or -errno if the namespace could not be entered. */
long netns_run(const char *path, long (*work)(void *data), void *data);

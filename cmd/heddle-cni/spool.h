// SPDX-License-Identifier: Apache-2.0
/*
 * Deletes that the daemon carries out when it is back: DEL succeeds at once while it is away. Until
 * then the container's addresses stay taken.
 *
 * The folder is `<socket>.deletes`. A file's name is the attachment's key, `<container
 * id>:<interface>`: CNI allows ':' in neither. Its content is for people.
 */
#pragma once

#include "invocation.h"

/* 0 once the delete is on disk, or a negative errno: -ENOSPC also when the folder is full. */
int spool__delete(const struct invocation *invocation);

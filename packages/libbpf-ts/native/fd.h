// SPDX-License-Identifier: Apache-2.0
/* A file descriptor that JavaScript owns: closed once, by closeFd() or by the garbage collector. */
#pragma once

#include "arguments.h"

/* The descriptor behind a handle; -1, which the kernel answers with EBADF, once it is closed. */
int argument_fd(const struct arguments *args, size_t index);

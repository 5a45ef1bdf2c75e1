// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* libbpf's messages are kept for the caller's error, never printed. */
#pragma once

void log_capture_install(void);

// SPDX-License-Identifier: Apache-2.0
/* libbpf's messages are kept for the caller's error, never printed. */
#pragma once

void log_capture_install(void);

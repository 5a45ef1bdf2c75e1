/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#pragma once

enum path_mark {
	/* Of a frame that path.bpf.c sees a second time: a copy, or one that detour.c has kept. */
	PATH_MARK_DONE = 0x7a7a,
};

// SPDX-License-Identifier: Apache-2.0
/*
 * What the kernel gives up at a signal and has to begin anew, it never ends beside a profiler,
 * which sends SIGPROF each millisecond and more often: the verifier (-EAGAIN, kernel commit
 * c3494801cd17; libbpf tries five times) and repeated test runs (-EINTR). Other threads still take
 * the process's signals.
 */
#pragma once

#include <signal.h>

/* On this thread, until signals_restore(). */
static inline void signals_block(sigset_t *before)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, before);
}

static inline void signals_restore(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

// Run statistics of programs: off by default, for they cost every packet a few nanoseconds.
import { bpfFd, Command } from './bpf-call.ts';
import type { Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';

const statisticsAttr = kernelStruct({ type: 'u32' });
/** linux/bpf.h: BPF_STATS_RUN_TIME */
const RUN_TIME = 0;

/** Makes the kernel count runs and time of all programs, for as long as the answer is not disposed. */
export function enableRunStatistics(): Fd {
  const attr = statisticsAttr.encode({ type: RUN_TIME });
  return bpfFd(Command.ENABLE_STATS, attr, { operation: 'enable', subject: 'run statistics' });
}

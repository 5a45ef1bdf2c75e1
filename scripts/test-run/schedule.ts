// Which test file runs when: the longest first, and as many at once as there is CPU time for.
import { availableParallelism } from 'node:os';
import { CpuIdle } from './cpu-idle.ts';

const TICK_MS = 500;
/** Of all cores: below it, one more file would only slow the others down. */
const IDLE_SHARE = 0.15;
/** Files wait for packets and timers half of their time, but memory and patience have an end. */
const MAX_FILES_PER_CORE = 4;

/** Runs every file through `run`; rejects when it does. At least one file per core runs, whatever else the machine does. */
export async function runScheduled(
  files: readonly string[],
  run: (file: string) => Promise<void>,
): Promise<void> {
  const cores = availableParallelism();
  const queue = [...files];
  const running = new Set<Promise<void>>();
  const idle = new CpuIdle();
  while (queue.length > 0 || running.size > 0) {
    const limit = idle.share() > IDLE_SHARE ? running.size + 1 : running.size;
    while (running.size < Math.max(cores, Math.min(limit, cores * MAX_FILES_PER_CORE))) {
      const file = queue.shift();
      if (file === undefined) break;
      const ended: Promise<void> = run(file).finally(() => running.delete(ended));
      running.add(ended);
    }
    await Promise.race([...running, delay(TICK_MS)]);
  }
}

/** Files without a known duration are new: first, so that a long one cannot be the last alone. */
export function longestFirst(
  files: readonly string[],
  secondsOf: Readonly<Record<string, number>>,
): readonly string[] {
  const seconds = (file: string): number => secondsOf[file] ?? Infinity;
  return [...files].sort((a, b) => (seconds(b) === seconds(a) ? 0 : seconds(b) - seconds(a)));
}

function delay(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms).unref());
}

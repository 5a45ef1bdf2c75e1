// heddlectl status: whether this node is well, and if not, why; works without a daemon.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { secondsIn } from '../invocation/duration.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { printObject } from '../output/output.ts';
import { readStatus, type NodeCondition, type Status } from './status-report.ts';
import { describeStatus, statusRow } from './status-text.ts';
import type { Target } from '../invocation/target.ts';

const WELL: ReadonlySet<NodeCondition> = new Set(['ready', 'degraded']);

const DEFAULT_WAIT = '30s';
const POLL_MS = 200;

interface StatusFlags {
  /** True: without a value. */
  readonly wait?: string | true;
  readonly row?: true;
}

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('tell whether this node is well; status 0 if a pod added now would work, 1 otherwise')
    .option('--wait [time]', `wait until it is, no longer than that time; default: ${DEFAULT_WAIT}`)
    .option('--row', 'one line with tabs: condition, version, pods, policies, age of the source, problem')
    .action(async ({ wait, row }: StatusFlags, command: Command) => {
      const target = targetOf(command);
      const status = await (wait === undefined
        ? readStatus(target)
        : awaitReady(target, secondsIn(wait === true ? DEFAULT_WAIT : wait, '--wait')));
      printObject(formatOf(command), status, () =>
        row === true ? [statusRow(status)] : describeStatus(status),
      );
      if (!WELL.has(status.condition)) process.exitCode = 1;
    });
}

/** The status when the node is ready, or when the time is up. */
async function awaitReady(target: Target, limitSeconds: number): Promise<Status> {
  const deadline = performance.now() + limitSeconds * 1_000;
  for (;;) {
    const status = await readStatus(target);
    if (WELL.has(status.condition) || performance.now() >= deadline) return status;
    await sleep(POLL_MS);
  }
}

// heddlectl stats --check: the counter audit of a live node.
import { setTimeout as sleep } from 'node:timers/promises';
import { enableRunStatistics } from 'libbpf-ts';
import { openSocket } from 'rtnetlink';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import {
  auditBetween,
  type AuditLine,
  type CounterAudit,
  type HookLine,
  type Range,
} from '../../../loader/accounting/counter-audit.ts';
import { takeSnapshot, uplinkNames } from '../../../loader/accounting/snapshot.ts';
import { countHostPackets } from '../../../loader/accounting/host-packets.ts';
import { colour } from '../output/colour.ts';
import { printObject, type Format } from '../output/output.ts';
import { withMaps } from '../tables/pinned.ts';
import { renderTable, type Column } from '../output/table.ts';
import { say } from '../output/terminal.ts';
import type { Target } from '../invocation/target.ts';

/** Runs in progress when BPF statistics are enabled are not counted. */
const WARMUP_MS = 50;

/** Prints the audit; SIGINT ends it early. Exit status 1 unless all counters balance. */
export async function checkStats(target: Target, format: Format, seconds: number): Promise<void> {
  const found = await audit(target, seconds);
  printObject(format, found, () => linesOf(found));
  if ([...found.hooks, ...found.devices].some(({ difference }) => difference !== 0n)) process.exitCode = 1;
}

async function audit(target: Target, seconds: number): Promise<CounterAudit> {
  const statistics = enableRunStatistics();
  try {
    return await withMaps(target, maps => compareSnapshots(target, maps, seconds));
  } finally {
    statistics[Symbol.dispose]();
  }
}

async function compareSnapshots(
  { pinRoot, netns }: Target,
  maps: MapSet,
  seconds: number,
): Promise<CounterAudit> {
  using socket = openSocket({ netns });
  const host = await countHostPackets(netns, uplinkNames(pinRoot, socket));
  try {
    await sleep(WARMUP_MS);
    const from = await takeSnapshot({ pinRoot, maps, socket, host });
    say(`counting for ${seconds} s; Ctrl-C ends it sooner`);
    await sleepOrInterrupt(seconds * 1_000);
    const to = await takeSnapshot({ pinRoot, maps, socket, host });
    if (from.programs !== to.programs)
      throw new Error('the programs and their counters were replaced meanwhile: repeat the command');
    return auditBetween(from, to);
  } finally {
    host.close();
  }
}

/** The first SIGINT ends the wait, the second the process. */
async function sleepOrInterrupt(milliseconds: number): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt);
  await sleep(milliseconds, undefined, { signal: interrupted.signal }).catch(() => undefined);
  process.off('SIGINT', interrupt);
}

const hookColumns: readonly Column<HookLine>[] = [
  { title: 'HOOK', text: ({ name }) => name },
  { title: 'IN', text: ({ outside }) => rangeText(outside), align: 'right' },
  { title: 'DELIVERED', text: ({ delivered }) => String(delivered), align: 'right' },
  { title: 'PASSED', text: ({ passed }) => String(passed), align: 'right' },
  { title: 'DROPPED', text: ({ dropped }) => String(dropped), align: 'right' },
  differenceColumn(),
];

const deviceColumns: readonly Column<AuditLine>[] = [
  { title: 'BETWEEN', text: ({ name }) => name },
  { title: 'COUNTED BY HOOKS', text: ({ inside }) => String(inside), align: 'right' },
  { title: 'BY DEVICES', text: ({ outside }) => rangeText(outside), align: 'right' },
  differenceColumn(),
];

function linesOf({ hooks, devices }: CounterAudit): string[] {
  return [renderTable(hooks, hookColumns), '', renderTable(devices, deviceColumns)];
}

function differenceColumn(): Column<AuditLine> {
  return {
    title: 'DIFFERENCE',
    text: ({ difference }) => String(difference),
    align: 'right',
    tint: ({ difference }, text) => (difference === 0n ? text : colour.red(text)),
  };
}

function rangeText({ min, max }: Range): string {
  return min === max ? String(min) : `${min}–${max}`;
}

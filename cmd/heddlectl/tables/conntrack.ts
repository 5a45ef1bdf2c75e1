// heddlectl conntrack: lists and flushes the flows of hd_ct and hd_ct_unassured.
import type { Command } from 'commander';
import { type Addr, joinHostPort } from 'ip';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { colour } from '../output/colour.ts';
import { conntrackEntries, type ConntrackEntry, type ConntrackRow, type FlowEnd } from './conntrack-rows.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { readNames, type Names } from './names.ts';
import { printObject, printRows } from '../output/output.ts';
import { parsedAddress, podAddresses } from './pod-addresses.ts';
import { withMaps } from './pinned.ts';
import type { Column } from '../output/table.ts';
import type { Target } from '../invocation/target.ts';
import { UsageError } from '../invocation/usage-error.ts';

interface FlowFlags {
  readonly pod?: string;
  readonly addr?: string;
}

const columns: readonly Column<ConntrackRow>[] = [
  { title: 'PROTOCOL', text: row => row.protocol },
  { title: 'ORIGINATOR', text: row => endText(row.originator) },
  { title: 'RESPONDER', text: row => endText(row.responder) },
  {
    title: 'STATE',
    text: row => [row.state, ...row.notes].join(' '),
    tint: (row, text) => (row.state === 'assured' ? colour.green(text) : text),
  },
  { title: 'AGE', text: row => duration(row.ageSeconds), align: 'right' },
  { title: 'IDLE', text: row => duration(row.idleSeconds), align: 'right' },
  { title: 'EVALUATED', text: evaluatedText },
  { title: 'ALLOWED BY', text: row => rulesText(row).join('; ') },
];

export function addConntrackCommands(program: Command): void {
  const conntrack = program.command('conntrack').description('tracked flows');
  filtered(conntrack.command('list').alias('show'))
    .description('list flows with their ends, state, and the rules that allowed them')
    .action(async (flags: FlowFlags, command: Command) => {
      const rows = await withFlows(targetOf(command), flags, (_maps, found) => found.map(({ row }) => row));
      printRows(formatOf(command), rows, columns, 'no flows');
    });
  filtered(conntrack.command('flush'))
    .description('delete flows: policy is evaluated again for their next packets; without a filter all flows')
    .action(async (flags: FlowFlags, command: Command) => {
      const flushed = await withFlows(targetOf(command), flags, flush);
      printObject(formatOf(command), { flushed }, () => [
        `${flushed} ${flushed === 1 ? 'flow' : 'flows'} flushed`,
      ]);
    });
}

function filtered(command: Command): Command {
  return command
    .option('--pod <pod>', 'only flows of NAMESPACE/POD')
    .option('--addr <address>', 'only flows of this address');
}

async function withFlows<T>(
  target: Target,
  flags: FlowFlags,
  use: (maps: MapSet, found: readonly ConntrackEntry[]) => T,
): Promise<T> {
  if (flags.pod !== undefined && flags.addr !== undefined)
    throw new UsageError('--pod and --addr exclude each other: use one');
  const names = await readNames(target);
  const addresses = filterAddresses(names, flags);
  const matches = ({ row: { originator, responder } }: ConntrackEntry): boolean =>
    addresses === undefined || addresses.has(originator.address) || addresses.has(responder.address);
  return withMaps(target, maps => use(maps, conntrackEntries(maps, names).filter(matches)));
}

function filterAddresses(names: Names, { pod, addr }: FlowFlags): ReadonlySet<Addr> | undefined {
  if (pod !== undefined) return new Set(podAddresses(names, pod, '--pod'));
  return addr === undefined ? undefined : new Set([parsedAddress(addr, '--addr')]);
}

/** A flow may have been deleted, or moved to the other map, since it was read. */
function flush(maps: MapSet, found: readonly ConntrackEntry[]): number {
  return found.filter(({ key }) => {
    const wasAssured = maps.hd_ct.delete(key);
    return maps.hd_ct_unassured.delete(key) || wasAssured;
  }).length;
}

function endText({ address, port, pod }: FlowEnd): string {
  const at = joinHostPort(address, port);
  return pod === undefined ? at : `${at} ${pod}`;
}

function evaluatedText({ originator, responder }: ConntrackRow): string {
  const words = [originator.evaluated, responder.evaluated].filter(word => word !== 'none');
  return words.length === 0 ? 'elsewhere' : [...new Set(words)].join(' and ');
}

function rulesText({ originator, responder }: ConntrackRow): string[] {
  return [originator.rule, responder.rule].filter(rule => rule !== undefined);
}

/** 59s, 12m, 3h, 4d. */
function duration(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

// Decodes an event of the programs into names and words.
import type { Addr } from 'ip';
import { EventKind, verdictTexts, type Event } from '../abi/abi.gen.ts';
import { HOOK_NAMES, type HookName, type VerdictName } from '../abi/hook-name.ts';
import type { MapSet } from '../abi/map-set.ts';
import { protocolName } from '../abi/protocol.ts';
import { ruleNumberWords } from '../tables/rule-name.ts';
import { verdictName } from './trace-report.ts';

export interface EventNames {
  /** 'namespace/name'. */
  pod(address: Addr): string | undefined;
  /** Owner of the address. */
  node(address: Addr): string | undefined;
  device(ifindex: number): string | undefined;
}

export interface PacketEnd {
  readonly address: Addr;
  readonly port: number;
  readonly pod?: string;
  readonly node?: string;
}

export interface PacketEvent {
  readonly kind: 'drop' | 'flow';
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly hook: HookName;
  /** Absent with `flow`. */
  readonly verdict?: VerdictName;
  readonly description: string;
  readonly protocol: string;
  readonly source: PacketEnd;
  readonly destination: PacketEnd;
  /** Bytes of the IP packet; 0 with `flow`. */
  readonly length: number;
  /** Absent in netfilter's hooks. */
  readonly device?: string;
  /** Policy and rule in words. */
  readonly rule?: string;
}

export function packetEvent(maps: MapSet, names: EventNames, event: Event): PacketEvent {
  const isDrop = event.kind === EventKind.DROP;
  const verdict = verdictName(event.verdict);
  const rule = ruleNumberWords(maps, event.rule);
  const device = event.ifindex === 0 ? undefined : (names.device(event.ifindex) ?? `if${event.ifindex}`);
  const meaning = isDrop ? verdictTexts[verdict] : 'a new flow was created';
  return {
    kind: isDrop ? 'drop' : 'flow',
    timeMs: wallClockMs(event.timeNs),
    hook: HOOK_NAMES[event.hook] ?? 'forward',
    ...(isDrop && { verdict }),
    description: rule === undefined ? meaning : `${meaning}: ${rule}`,
    protocol: protocolName(event.protocol),
    source: endOf(names, event.source, event.sourcePort),
    destination: endOf(names, event.destination, event.destinationPort),
    length: event.length,
    ...(device !== undefined && { device }),
    ...(rule !== undefined && { rule }),
  };
}

function endOf(names: EventNames, address: Addr, port: number): PacketEnd {
  const pod = names.pod(address);
  const node = pod === undefined ? names.node(address) : undefined;
  return { address, port, ...(pod !== undefined && { pod }), ...(node !== undefined && { node }) };
}

/** Converts from CLOCK_MONOTONIC, the clock of `process.hrtime`. */
function wallClockMs(monotonicNs: bigint): number {
  return Date.now() - Number(process.hrtime.bigint() - monotonicNs) / 1e6;
}

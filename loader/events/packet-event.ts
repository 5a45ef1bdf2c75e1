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
  /** Policy and rule in words: what refused the packet, or admitted the flow at each end that policy was asked for. */
  readonly rule?: string;
}

/** What an event's numbers and addresses mean, as of the event. */
export interface EventWords {
  readonly source: Pick<PacketEnd, 'pod' | 'node'>;
  readonly destination: Pick<PacketEnd, 'pod' | 'node'>;
  readonly device: string | undefined;
  readonly rules: readonly string[];
}

export function packetEvent(maps: MapSet, names: EventNames, event: Event): PacketEvent {
  return wordedEvent(event, {
    source: ownerOf(names, event.source),
    destination: ownerOf(names, event.destination),
    device: names.device(event.ifindex),
    rules: ruleNumbersOf(event).flatMap(number => ruleNumberWords(maps, number) ?? []),
  });
}

/** Of a drop the rule that refused; of a flow those that admitted it, the originator's first; 0: none. */
export function ruleNumbersOf({ kind, rule, egressRule, ingressRule }: Event): readonly number[] {
  return kind === EventKind.DROP ? [rule] : [egressRule, ingressRule];
}

export function ownerOf(names: EventNames, address: Addr): Pick<PacketEnd, 'pod' | 'node'> {
  const pod = names.pod(address);
  if (pod !== undefined) return { pod };
  const node = names.node(address);
  return node === undefined ? {} : { node };
}

export function wordedEvent(event: Event, words: EventWords): PacketEvent {
  const isDrop = event.kind === EventKind.DROP;
  const verdict = verdictName(event.verdict);
  const rule = words.rules.length === 0 ? undefined : words.rules.join('; ');
  const device = event.ifindex === 0 ? undefined : (words.device ?? `if${event.ifindex}`);
  const meaning = isDrop ? verdictTexts[verdict] : 'a new flow was created';
  return {
    kind: isDrop ? 'drop' : 'flow',
    timeMs: wallClockMs(event.timeNs),
    hook: HOOK_NAMES[event.hook] ?? 'forward',
    ...(isDrop && { verdict }),
    description: rule === undefined ? meaning : `${meaning}: ${rule}`,
    protocol: protocolName(event.protocol),
    source: { address: event.source, port: event.sourcePort, ...words.source },
    destination: { address: event.destination, port: event.destinationPort, ...words.destination },
    length: event.length,
    ...(device !== undefined && { device }),
    ...(rule !== undefined && { rule }),
  };
}

/** Two looks at both clocks differ by less, unless the wall clock was set. */
const CLOCK_STEP_MS = 20;
/** Longer between two looks: this process was not running meanwhile. */
const PAUSE_NS = 1_000_000n;

/** Wall clock minus CLOCK_MONOTONIC, milliseconds. */
let offsetMs = Number.NaN;

/**
 * Converts from CLOCK_MONOTONIC, the clock of `process.hrtime`. An event has the same time whenever it is told, so that who asks
 * for the last minute every half minute can tell which ones are known.
 */
export function wallClockMs(monotonicNs: bigint): number {
  lookAtClocks();
  while (Number.isNaN(offsetMs)) lookAtClocks();
  return offsetMs + Number(monotonicNs) / 1e6;
}

function lookAtClocks(): void {
  const beforeNs = process.hrtime.bigint();
  const measuredMs = Date.now() - Number(beforeNs) / 1e6;
  if (process.hrtime.bigint() - beforeNs > PAUSE_NS) return;
  if (!(Math.abs(measuredMs - offsetMs) < CLOCK_STEP_MS)) offsetMs = measuredMs;
}

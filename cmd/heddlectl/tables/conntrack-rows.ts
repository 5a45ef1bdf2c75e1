// The flows of hd_ct and hd_ct_unassured, decoded.
import type { Addr } from 'ip';
import { CtFlag, type CtEntry, type Flow } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { PROTOCOL, protocolName } from '../../../loader/abi/protocol.ts';
import { CONNTRACK_TIMEOUTS } from '../../../loader/model/conntrack-timeouts.ts';
import { readControl } from '../../../loader/tables/control.ts';
import { ruleNumberWords } from '../../../loader/tables/rule-name.ts';
import type { Names } from './names.ts';

export interface FlowEnd {
  readonly address: Addr;
  /** ICMP echo: the identifier at the originator, 0 at the responder. */
  readonly port: number;
  readonly pod?: string;
  /** `none`: this node does not evaluate this end's policy; `stale`: policy has changed since, the next packet evaluates it. */
  readonly evaluated: 'none' | 'current' | 'stale';
  /** The rule that allowed the flow; absent: no policy selects the pod, or it is not evaluated here. */
  readonly rule?: string;
}

export interface ConntrackRow {
  readonly protocol: string;
  readonly originator: FlowEnd;
  readonly responder: FlowEnd;
  /** new, replied, assured, closing, closed, reset; expired: its timeout has passed, and it is not deleted yet. */
  readonly state: string;
  /** evictable: assured, but still in hd_ct_unassured; via-stack-orig, via-stack-reply, tunnel, midstream, from-node. */
  readonly notes: readonly string[];
  readonly map: 'hd_ct' | 'hd_ct_unassured';
  readonly ageSeconds: number;
  readonly idleSeconds: number;
  /** With `tunnel`: the remote node. */
  readonly node?: string;
}

export interface ConntrackEntry {
  readonly key: Flow;
  readonly row: ConntrackRow;
}

const NOTES = {
  VIA_STACK_ORIG: 'via-stack-orig',
  VIA_STACK_REPLY: 'via-stack-reply',
  TUNNEL: 'tunnel',
  MIDSTREAM: 'midstream',
  FROM_NODE: 'from-node',
} as const satisfies Partial<Record<keyof typeof CtFlag, string>>;
const RESET_ANY = CtFlag.RESET_ORIGINATOR | CtFlag.RESET_RESPONDER;
const FIN_BOTH = CtFlag.FIN_ORIGINATOR | CtFlag.FIN_RESPONDER;

/** Assured flows first, each map in its own order. */
export function conntrackEntries(maps: MapSet, names: Names): ConntrackEntry[] {
  const view = { maps, names, nowNs: process.hrtime.bigint(), generation: generationStamp(maps) };
  const assured = Array.from(maps.hd_ct.entries(), ([key, flow]) => ({
    key,
    row: flowRow(view, key, flow, 'hd_ct'),
  }));
  const unassured = Array.from(maps.hd_ct_unassured.entries(), ([key, flow]) => ({
    key,
    row: flowRow(view, key, flow, 'hd_ct_unassured'),
  }));
  return [...assured, ...unassured];
}

interface View {
  readonly maps: MapSet;
  readonly names: Names;
  readonly nowNs: bigint;
  readonly generation: number;
}

/** Entries store the low 32 bits. */
function generationStamp({ hd_control }: MapSet): number {
  return Number(BigInt.asUintN(32, readControl(hd_control).generation));
}

function flowRow(view: View, key: Flow, flow: CtEntry, map: ConntrackRow['map']): ConntrackRow {
  const source = endOf(view, key.source, key.sourcePort, flow.sourceGeneration, flow.sourceRule);
  const destination = endOf(
    view,
    ...([key.destination, key.destinationPort, flow.destinationGeneration, flow.destinationRule] as const),
  );
  const isReversed = (flow.flags & CtFlag.ORIG_IS_KEY_DST) !== 0;
  const idleSeconds = secondsSince(view.nowNs, flow.seenNs);
  const node = (flow.flags & CtFlag.TUNNEL) === 0 ? undefined : view.names.nodes.get(flow.nodeId);
  return {
    protocol: protocolName(key.protocol),
    originator: isReversed ? destination : source,
    responder: isReversed ? source : destination,
    state: idleSeconds >= timeoutSeconds(key, flow) ? 'expired' : stateOf(flow),
    notes: notesOf(flow, map),
    ...{ map, idleSeconds, ageSeconds: secondsSince(view.nowNs, flow.createdNs) },
    ...(node !== undefined && { node }),
  };
}

function endOf(view: View, address: Addr, port: number, generation: number, number: number): FlowEnd {
  const pod = view.names.pods.get(address);
  const rule = generation === 0 ? undefined : ruleNumberWords(view.maps, number);
  return {
    address,
    port,
    ...(pod !== undefined && { pod }),
    evaluated: generation === 0 ? 'none' : generation === view.generation ? 'current' : 'stale',
    ...(rule !== undefined && { rule }),
  };
}

function notesOf(entry: CtEntry, map: ConntrackRow['map']): string[] {
  const isEvictable = map === 'hd_ct_unassured' && (entry.flags & CtFlag.ASSURED) !== 0;
  const flags = flagsFromOriginator(entry);
  const flagNames = Object.keys(NOTES) as (keyof typeof NOTES)[];
  const notes = flagNames.filter(name => (flags & CtFlag[name]) !== 0).map(name => NOTES[name]);
  return isEvictable ? ['evictable', ...notes] : notes;
}

/** Entries have VIA_STACK_ORIG for packets from the key's source, which may be the responder. */
function flagsFromOriginator({ flags }: CtEntry): number {
  const { ORIG_IS_KEY_DST, VIA_STACK_ORIG, VIA_STACK_REPLY } = CtFlag;
  if ((flags & ORIG_IS_KEY_DST) === 0) return flags;
  const swapped =
    ((flags & VIA_STACK_ORIG) !== 0 ? VIA_STACK_REPLY : 0) |
    ((flags & VIA_STACK_REPLY) !== 0 ? VIA_STACK_ORIG : 0);
  return (flags & ~(VIA_STACK_ORIG | VIA_STACK_REPLY)) | swapped;
}

function stateOf({ flags }: CtEntry): string {
  if ((flags & RESET_ANY) !== 0) return 'reset';
  if ((flags & FIN_BOTH) === FIN_BOTH) return 'closed';
  if ((flags & FIN_BOTH) !== 0) return 'closing';
  if ((flags & CtFlag.ASSURED) !== 0) return 'assured';
  return (flags & CtFlag.SEEN_REPLY) !== 0 ? 'replied' : 'new';
}

/** As ct_timeout_s() of bpf/lib/conntrack.h. */
function timeoutSeconds({ protocol }: Flow, { flags }: CtEntry): number {
  const isAssured = (flags & CtFlag.ASSURED) !== 0;
  const times = CONNTRACK_TIMEOUTS;
  if ((flags & RESET_ANY) !== 0) return times.ctResetS;
  if ((flags & FIN_BOTH) === FIN_BOTH) return times.ctClosedS;
  if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6) return times.ctEchoS;
  if (protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.sctp)
    return isAssured ? times.ctDatagramS : times.ctUnassuredS;
  if (!isAssured && (flags & CtFlag.MIDSTREAM) === 0) return times.ctUnassuredS;
  return (flags & FIN_BOTH) === 0 ? times.ctEstablishedS : times.ctHalfClosedS;
}

/** 0 for a time in the future: clocks of other CPUs may be ahead. */
function secondsSince(nowNs: bigint, thenNs: bigint): number {
  return nowNs < thenNs ? 0 : Number((nowNs - thenNs) / 1_000_000_000n);
}

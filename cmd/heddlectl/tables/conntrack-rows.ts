// hd_ct and hd_ct_unassured in words: who opened which flow, and how it stands.
import type { Addr } from 'ip';
import { ConntrackFlag, type Conntrack, type Flow } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { PROTOCOL, protocolName } from '../../../loader/abi/protocol.ts';
import { CONNTRACK_TIMEOUTS } from '../../../loader/model/conntrack-timeouts.ts';
import { readControl } from '../../../loader/tables/control.ts';
import { ruleNumberWords } from '../../../loader/tables/rule-name.ts';
import type { Names } from './names.ts';

export interface FlowEnd {
  readonly address: Addr;
  /** ICMP echo: the identifier at the opener, 0 at the responder. */
  readonly port: number;
  readonly pod?: string;
  /** `none`: this end is not judged on this node; `stale`: policy has changed since and is asked at the next packet. */
  readonly judged: 'none' | 'current' | 'stale';
  /** Whose rule admitted the flow here; absent: nothing selects the pod, or it is not judged here. */
  readonly rule?: string;
}

export interface ConntrackRow {
  readonly protocol: string;
  readonly opener: FlowEnd;
  readonly responder: FlowEnd;
  /** new, replied, assured, closing, closed, reset; over: its time has passed, and it waits to be freed. */
  readonly state: string;
  /** evictable: assured, but without a place in hd_ct; host-path, host-path-back, tunnel, midstream, from-node. */
  readonly notes: readonly string[];
  readonly map: 'hd_ct' | 'hd_ct_unassured';
  readonly ageSeconds: number;
  readonly idleSeconds: number;
  /** With `tunnel`: whose. */
  readonly node?: string;
}

export interface ConntrackEntry {
  readonly key: Flow;
  readonly row: ConntrackRow;
}

const NOTES = ['HOST_PATH', 'HOST_PATH_BACK', 'TUNNEL', 'MIDSTREAM', 'FROM_NODE'] as const;
const RESET_ANY = ConntrackFlag.RESET_OPENER | ConntrackFlag.RESET_RESPONDER;
const FIN_BOTH = ConntrackFlag.FIN_OPENER | ConntrackFlag.FIN_RESPONDER;

/** Answered ones first, each map in the order of its own. */
export function conntrackEntries(maps: MapSet, names: Names): ConntrackEntry[] {
  const view = { maps, names, nowNs: process.hrtime.bigint(), generation: generationStamp(maps) };
  const answered = Array.from(maps.hd_ct.entries(), ([key, flow]) => ({
    key,
    row: flowRow(view, key, flow, 'hd_ct'),
  }));
  const unanswered = Array.from(maps.hd_ct_unassured.entries(), ([key, flow]) => ({
    key,
    row: flowRow(view, key, flow, 'hd_ct_unassured'),
  }));
  return [...answered, ...unanswered];
}

interface View {
  readonly maps: MapSet;
  readonly names: Names;
  readonly nowNs: bigint;
  readonly generation: number;
}

/** Entries keep the low 32 bits. */
function generationStamp({ hd_control }: MapSet): number {
  return Number(BigInt.asUintN(32, readControl(hd_control).generation));
}

function flowRow(view: View, key: Flow, flow: Conntrack, map: ConntrackRow['map']): ConntrackRow {
  const source = endOf(view, key.source, key.sourcePort, flow.sourceGeneration, flow.sourceRule);
  const destination = endOf(
    view,
    ...([key.destination, key.destinationPort, flow.destinationGeneration, flow.destinationRule] as const),
  );
  const isReversed = (flow.flags & ConntrackFlag.FROM_DESTINATION) !== 0;
  const idleSeconds = secondsSince(view.nowNs, flow.seenNs);
  const node = (flow.flags & ConntrackFlag.TUNNEL) === 0 ? undefined : view.names.nodes.get(flow.nodeId);
  return {
    protocol: protocolName(key.protocol),
    opener: isReversed ? destination : source,
    responder: isReversed ? source : destination,
    state: idleSeconds >= timeoutSeconds(key, flow) ? 'over' : stateOf(flow),
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
    judged: generation === 0 ? 'none' : generation === view.generation ? 'current' : 'stale',
    ...(rule !== undefined && { rule }),
  };
}

function notesOf({ flags }: Conntrack, map: ConntrackRow['map']): string[] {
  const isEvictable = map === 'hd_ct_unassured' && (flags & ConntrackFlag.ASSURED) !== 0;
  const notes = NOTES.filter(note => (flags & ConntrackFlag[note]) !== 0);
  const words = notes.map(note => note.toLowerCase().replaceAll('_', '-'));
  return isEvictable ? ['evictable', ...words] : words;
}

function stateOf({ flags }: Conntrack): string {
  if ((flags & RESET_ANY) !== 0) return 'reset';
  if ((flags & FIN_BOTH) === FIN_BOTH) return 'closed';
  if ((flags & FIN_BOTH) !== 0) return 'closing';
  if ((flags & ConntrackFlag.ASSURED) !== 0) return 'assured';
  return (flags & ConntrackFlag.SEEN_REPLY) !== 0 ? 'replied' : 'new';
}

/** As conntrack_timeout_s() of bpf/lib/conntrack.h. */
function timeoutSeconds({ protocol }: Flow, { flags }: Conntrack): number {
  const isAssured = (flags & ConntrackFlag.ASSURED) !== 0;
  const times = CONNTRACK_TIMEOUTS;
  if ((flags & RESET_ANY) !== 0) return times.ctResetS;
  if ((flags & FIN_BOTH) === FIN_BOTH) return times.ctClosedS;
  if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6) return times.ctEchoS;
  if (protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.sctp)
    return isAssured ? times.ctDatagramS : times.ctUnassuredS;
  if (!isAssured && (flags & ConntrackFlag.MIDSTREAM) === 0) return times.ctUnassuredS;
  return (flags & FIN_BOTH) === 0 ? times.ctEstablishedS : times.ctHalfClosedS;
}

/** Other CPUs' clocks may be a moment ahead. */
function secondsSince(nowNs: bigint, thenNs: bigint): number {
  return nowNs < thenNs ? 0 : Number((nowNs - thenNs) / 1_000_000_000n);
}

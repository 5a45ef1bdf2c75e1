// hd_conntrack and hd_unanswered in words: who opened which flow, and how it stands.
import { ConntrackFlag, type Conntrack, type Flow } from '../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../loader/abi/map-set.ts';
import { PROTOCOL, protocolName } from '../../loader/abi/protocol.ts';
import { readControl } from '../../loader/maps/control.ts';
import { ruleNumberWords } from '../../loader/maps/rule-name.ts';
import type { Addr } from '../../loader/model/addr.ts';
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
  /** unanswered, established, closing, closed, reset; over: waits to be pushed out. */
  readonly state: string;
  /** host-path, host-path-back, tunnel, picked-up, from-node. */
  readonly notes: readonly string[];
  readonly map: 'hd_conntrack' | 'hd_unanswered';
  readonly ageSeconds: number;
  readonly idleSeconds: number;
  /** With `tunnel`: whose. */
  readonly node?: string;
}

export interface ConntrackEntry {
  readonly key: Flow;
  readonly row: ConntrackRow;
}

const NOTES = ['HOST_PATH', 'HOST_PATH_BACK', 'TUNNEL', 'PICKED_UP', 'FROM_NODE'] as const;
const FIN_BOTH = ConntrackFlag.FIN_OPENER | ConntrackFlag.FIN_RESPONDER;

/** Answered ones first, each map in the order of its own. */
export function conntrackEntries(maps: MapSet, names: Names): ConntrackEntry[] {
  const view = { maps, names, nowNs: process.hrtime.bigint(), generation: generationStamp(maps) };
  const answered = Array.from(maps.hd_conntrack.entries(), ([key, { flow }]) => ({
    key,
    row: flowRow(view, key, flow, 'hd_conntrack'),
  }));
  const unanswered = Array.from(maps.hd_unanswered.entries(), ([key, flow]) => ({
    key,
    row: flowRow(view, key, flow, 'hd_unanswered'),
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
    state: map === 'hd_unanswered' && isOver(key, flow, idleSeconds) ? 'over' : stateOf(flow),
    notes: NOTES.filter(note => (flow.flags & ConntrackFlag[note]) !== 0).map(note =>
      note.toLowerCase().replaceAll('_', '-'),
    ),
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

function stateOf({ flags }: Conntrack): string {
  if ((flags & ConntrackFlag.RESET) !== 0) return 'reset';
  if ((flags & FIN_BOTH) === FIN_BOTH) return 'closed';
  if ((flags & FIN_BOTH) !== 0) return 'closing';
  const isKnown = (flags & (ConntrackFlag.ANSWERED | ConntrackFlag.PICKED_UP)) !== 0;
  return isKnown ? 'established' : 'unanswered';
}

/** Nobody collects what is unanswered; the datapath passes it over after this silence (bpf/lib/conntrack.h), seconds. */
const SILENCE = { reset: 10, closed: 60, echo: 30, unanswered: 60 } as const;

function isOver({ protocol }: Flow, flow: Conntrack, idleSeconds: number): boolean {
  const state = stateOf(flow);
  if (state === 'reset' || state === 'closed') return idleSeconds >= SILENCE[state];
  if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmpv6) return idleSeconds >= SILENCE.echo;
  return state === 'unanswered' && idleSeconds >= SILENCE.unanswered;
}

/** Other CPUs' clocks may be a moment ahead. */
function secondsSince(nowNs: bigint, thenNs: bigint): number {
  return nowNs < thenNs ? 0 : Number((nowNs - thenNs) / 1_000_000_000n);
}

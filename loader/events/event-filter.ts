// Which events a subscriber or a reader of the history wants.
import type { Addr } from 'ip';
import { EventKind, type Event } from '../abi/abi.gen.ts';
import type { PacketEvent } from './packet-event.ts';

export interface EventFilter {
  readonly kinds: readonly PacketEvent['kind'][];
  /** 'namespace/name'; absent: every pod. */
  readonly pod?: string | undefined;
  /** Of a pod at either end. */
  readonly namespace?: string | undefined;
  readonly address?: Addr | undefined;
  /** Of either end. */
  readonly port?: number | undefined;
  /** IANA's numbers: `icmp` is that of both families. */
  readonly protocols?: ReadonlySet<number> | undefined;
  /** Numbers of verdicts; absent: all. A new flow has none. */
  readonly verdicts?: ReadonlySet<number> | undefined;
}

export const KIND_NUMBERS = { drop: EventKind.DROP, flow: EventKind.FLOW } as const;

/** What a filter asks of an event; names of pods are asked for only if all else fits. */
export type FilteredEvent = Pick<
  Event,
  'kind' | 'verdict' | 'protocol' | 'source' | 'destination' | 'sourcePort' | 'destinationPort'
>;

/** `podOf`: 'namespace/name' of that end, as of the event. */
export function matchesFilter(
  filter: EventFilter,
  event: FilteredEvent,
  podOf: (end: 'source' | 'destination') => string | undefined,
): boolean {
  const { kinds, address, port, protocols, verdicts } = filter;
  if (!kinds.some(each => KIND_NUMBERS[each] === event.kind)) return false;
  if (verdicts !== undefined && (event.kind !== EventKind.DROP || !verdicts.has(event.verdict))) return false;
  if (protocols !== undefined && !protocols.has(event.protocol)) return false;
  if (address !== undefined && event.source !== address && event.destination !== address) return false;
  if (port !== undefined && event.sourcePort !== port && event.destinationPort !== port) return false;
  return matchesPod(filter, podOf);
}

function matchesPod(
  { pod, namespace }: EventFilter,
  podOf: (end: 'source' | 'destination') => string | undefined,
): boolean {
  if (pod === undefined && namespace === undefined) return true;
  return (['source', 'destination'] as const).some(end => {
    const name = podOf(end);
    if (name === undefined || (pod !== undefined && name !== pod)) return false;
    return namespace === undefined || name.startsWith(`${namespace}/`);
  });
}

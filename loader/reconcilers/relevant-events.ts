// Which reconcilers an rtnetlink notification concerns: routes and neighbours of other software come by the thousand (a
// BGP speaker), and a sync reads the kernel's state in the event loop.
import { type Addr, cidrContains, cidrOfPrefix, parseAddr } from 'ip';
import { PROTOCOL, type MonitorEvent, type Neighbour, type Route } from 'rtnetlink';
import type { LocalPod } from '../model/tables-input.ts';
import { DEFAULT_NAMES } from '../network/names.ts';
import type { KernelEvent } from './reconciler.ts';

/** What is known so far; undefined: unknown, so everything is relevant. */
export interface RelevantState {
  readonly uplinks: readonly { readonly ifindex: number }[] | undefined;
  /** MACs per uplink, in the uplinks' order. */
  readonly neighbours: readonly { readonly neighbours: ReadonlyMap<Addr, string> }[] | undefined;
  /** Destinations of the host's routes to other nodes' pods. */
  readonly destinations: ReadonlySet<string>;
  readonly localPods: readonly LocalPod[];
  /** Other nodes whose way from here is looked up. */
  readonly remotes: readonly Addr[];
}

type RtnetlinkEvent = Exclude<MonitorEvent, { readonly kind: 'overrun' }>;

/** Pure. Undefined: of no concern. */
export function relevantEvent(event: RtnetlinkEvent, state: RelevantState): KernelEvent | undefined {
  switch (event.kind) {
    case 'neighbour':
      return neighbourEvent(event, state);
    case 'route':
      return routeEvent(event.route, state);
    default:
      return event.kind;
  }
}

/** The kernel notifies of every neighbour probe; of an uplink only a MAC that the tables lack causes a sync. */
function neighbourEvent(
  { action, neighbour }: Extract<RtnetlinkEvent, { readonly kind: 'neighbour' }>,
  { uplinks, neighbours, localPods }: RelevantState,
): KernelEvent | undefined {
  const { index, address, mac } = neighbour;
  const pod = localPods.find(({ ifindex }) => ifindex === index);
  if (pod !== undefined) {
    const isRight = action === 'new' && isEntryOf(pod, neighbour);
    const isPods = pod.attachment.addresses.includes(parseAddr(address));
    const isForeign = action === 'new' && neighbour.state === 'permanent' && !isPods;
    return isForeign || (isPods && !isRight) ? 'pod-neighbour' : undefined;
  }
  if (uplinks === undefined) return 'neighbour';
  const at = uplinks.findIndex(({ ifindex }) => ifindex === index);
  if (at < 0 || mac === undefined) return undefined;
  return neighbours?.[at]?.neighbours.get(parseAddr(address)) === mac ? undefined : 'neighbour';
}

function isEntryOf({ attachment }: LocalPod, { state, mac }: Neighbour): boolean {
  return state === 'permanent' && mac === attachment.podMac;
}

/** 'route': the uplink or this node's way to others may be another; 'pod-route': one of ours, or in the place of ours. */
function routeEvent(
  { destination, nextHops, protocol }: Route,
  { uplinks, destinations, localPods, remotes }: RelevantState,
): KernelEvent | undefined {
  if (protocol === DEFAULT_NAMES.routeProtocol) return 'pod-route';
  if (uplinks === undefined || destination.prefixLength === 0) return 'route';
  if (protocol === PROTOCOL.routerAdvertisement) return 'route';
  const isOnLink = nextHops.some(
    ({ index, via }) => via === undefined && uplinks.some(({ ifindex }) => ifindex === index),
  );
  if (isOnLink) return 'route';
  const cidr = cidrOfPrefix(destination);
  if (remotes.some(remote => cidrContains(cidr, remote))) return 'route';
  const isPods = (pod: LocalPod): boolean =>
    pod.attachment.addresses.some(addr => addr === destination.address);
  return destinations.has(cidr) || localPods.some(isPods) ? 'pod-route' : undefined;
}

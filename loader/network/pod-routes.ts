// The host's routes to local pods, and permanent neighbours, which avoid ARP and ND.
import { type Addr, hostCidr, isIpv4, type Mac, parseAddr } from 'ip';
import {
  deleteNeighbour,
  deleteRoute,
  isRtnetlinkError,
  listNeighbours,
  type Neighbour,
  replaceNeighbour,
  replaceRoute,
  type RequestSink,
  type RtnetlinkError,
  type RtnetlinkSocket,
} from 'rtnetlink';
import type { LocalPod } from '../model/tables-input.ts';
import { change } from '../model/change.ts';
import type { HostRoute } from '../model/table-rows.ts';
import { newRoute, type RouteSync } from './host-routes.ts';

/** A local pod as far as the host's routes depend on it. */
export interface RoutedPod {
  /** Index of the host-side interface. */
  readonly ifindex: number;
  /** Of the same, for messages. */
  readonly name?: string;
  readonly mac: Mac;
  readonly addresses: readonly Addr[];
}

export function routedPod({ attachment, ifindex }: LocalPod): RoutedPod {
  const { podMac: mac, addresses, hostInterface: name } = attachment;
  return { ifindex, name, mac, addresses };
}

/** For `reconcileHostRoutes`, beside the routes to pod CIDRs. */
export function podRoutes(pod: RoutedPod): HostRoute[] {
  return pod.addresses.map(addr => ({ destination: hostCidr(addr), ifindex: pod.ifindex }));
}

export function setPodNeighbours(sink: RequestSink, pod: RoutedPod): void {
  for (const address of pod.addresses) replaceNeighbour(sink, { index: pod.ifindex, address, mac: pod.mac });
}

/** Sets the routes of one pod; its device must be up. */
export function setPodRoutes(sink: RequestSink, pod: RoutedPod, protocol: number): void {
  for (const route of podRoutes(pod)) replaceRoute(sink, newRoute(route, protocol));
  setPodNeighbours(sink, pod);
}

/** Removes the routes of a pod whose device stays; missing routes are not an error. */
export function removePodRoutes(socket: RtnetlinkSocket, pod: RoutedPod, protocol: number): void {
  const batch = socket.batch();
  for (const route of podRoutes(pod)) deleteRoute(batch, newRoute(route, protocol));
  for (const address of pod.addresses) deleteNeighbour(batch, { index: pod.ifindex, address });
  const failure = batch
    .settle()
    .find(error => error !== undefined && !isRtnetlinkError(error, 'ESRCH', 'ENOENT', 'ENODEV'));
  if (failure !== undefined) throw failure;
}

/** Reconciles permanent neighbours on pods' interfaces; other links are not touched. */
export function reconcilePodNeighbours(socket: RtnetlinkSocket, pods: readonly RoutedPod[]): RouteSync {
  const { missing, stale } = diffPodNeighbours(pods, listNeighbours(socket));
  const entries = missing.flatMap(pod => pod.addresses.map(address => ({ pod, address })));
  const batch = socket.batch();
  for (const entry of stale) deleteNeighbour(batch, entry);
  for (const { pod, address } of entries) setPodNeighbours(batch, { ...pod, addresses: [address] });
  const failures = batch.settle();
  const refused = failures.slice(stale.length);
  return {
    changes: [
      ...stale
        .filter((_, i) => failures[i] === undefined)
        .map(entry => change(`neighbour ${entry.address}`, `removed from link ${entry.index}`)),
      ...entries
        .filter((_, i) => refused[i] === undefined)
        .map(({ pod, address }) =>
          change(`neighbour ${address}`, `set to ${pod.mac} on link ${pod.ifindex}`),
        ),
    ],
    problems: entries.flatMap(({ pod, address }, i) => {
      const failure = refused[i];
      return failure === undefined ? [] : [neighbourProblem(pod, address, failure)];
    }),
  };
}

function neighbourProblem(
  { ifindex, name = `link ${ifindex}` }: RoutedPod,
  address: Addr,
  failure: RtnetlinkError,
): string {
  const failed = `the host cannot reach the pod address ${address} on ${name}`;
  // EINVAL of a device whose IPv6 is off, or that has none: its MTU is below IPv6's 1280 bytes.
  return isIpv4(address) || failure.code !== 'EINVAL'
    ? `${failed}: ${failure.message}`
    : `${failed}: the device has no IPv6 (sysctl -w net.ipv6.conf.${name}.disable_ipv6=0, and an MTU of 1280 or more)`;
}

/** Pure: missing entries by pod, and surplus permanent entries. */
export function diffPodNeighbours(
  pods: readonly RoutedPod[],
  actual: readonly Neighbour[],
): { readonly missing: readonly RoutedPod[]; readonly stale: readonly Neighbour[] } {
  const byIndex = new Map(pods.map(pod => [pod.ifindex, pod]));
  const permanent = actual.filter(entry => entry.state === 'permanent');
  const right = new Set(
    permanent
      .filter(entry => byIndex.get(entry.index)?.mac === entry.mac)
      .map(entry => `${entry.index} ${entry.address}`),
  );
  const missing = pods
    .map(pod => ({ ...pod, addresses: pod.addresses.filter(addr => !right.has(`${pod.ifindex} ${addr}`)) }))
    .filter(pod => pod.addresses.length > 0);
  const stale = permanent.filter(entry => {
    const pod = byIndex.get(entry.index);
    return pod !== undefined && !pod.addresses.includes(parseAddr(entry.address));
  });
  return { missing, stale };
}

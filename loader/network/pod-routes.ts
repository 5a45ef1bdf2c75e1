// The host's routes to local pods, and permanent neighbours, which avoid ARP and ND.
import { type Addr, hostCidr, type Mac, parseAddr } from 'ip';
import {
  deleteNeighbour,
  deleteRoute,
  isRtnetlinkError,
  listNeighbours,
  type Neighbour,
  replaceNeighbour,
  replaceRoute,
  type RequestSink,
  type RtnetlinkSocket,
} from 'rtnetlink';
import type { LocalPod } from '../model/tables-input.ts';
import { type Change, change } from '../model/change.ts';
import type { HostRoute } from '../model/table-rows.ts';
import { newRoute } from './host-routes.ts';

/** A local pod as far as the host's routes depend on it. */
export interface RoutedPod {
  /** Index of the host-side interface. */
  readonly ifindex: number;
  readonly mac: Mac;
  readonly addresses: readonly Addr[];
}

export function routedPod({ attachment: { podMac: mac, addresses }, ifindex }: LocalPod): RoutedPod {
  return { ifindex, mac, addresses };
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
export function reconcilePodNeighbours(socket: RtnetlinkSocket, pods: readonly RoutedPod[]): Change[] {
  const { missing, stale } = diffPodNeighbours(pods, listNeighbours(socket));
  const batch = socket.batch();
  for (const entry of stale) deleteNeighbour(batch, entry);
  for (const pod of missing) setPodNeighbours(batch, pod);
  batch.commit();
  return [
    ...stale.map(entry => change(`neighbour ${entry.address}`, `removed from link ${entry.index}`)),
    ...missing.flatMap(pod =>
      pod.addresses.map(addr => change(`neighbour ${addr}`, `set to ${pod.mac} on link ${pod.ifindex}`)),
    ),
  ];
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

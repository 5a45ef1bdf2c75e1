// One connection, seen from the pod whose policies are asked.
import { addressesOfNode, type QueryEnd } from '../query-ends.ts';
import type { Labels, Protocol, World, WorldNode, WorldPod } from '../world.ts';
import { isInBlock, type IpBlock } from './addresses.ts';
import { selects, type Selector } from './selectors.ts';

export type Direction = 'ingress' | 'egress';

export interface Connection {
  readonly world: World;
  readonly direction: Direction;
  readonly subject: WorldPod;
  readonly peer: QueryEnd;
  readonly port: number;
  readonly protocol: Protocol;
}

export interface Verdict {
  readonly allowed: boolean;
  /** What may be named as having decided: several where the APIs know no order. */
  readonly by: readonly string[];
}

export function namespaceLabels(world: World, name: string): Labels {
  const labels = world.namespaces.find(namespace => namespace.name === name)?.labels ?? {};
  return { ...labels, 'kubernetes.io/metadata.name': name };
}

export function peerNode({ world, peer }: Connection): WorldNode | undefined {
  if (peer.node === undefined) return undefined;
  const node = world.nodes.find(each => each.name === peer.node);
  return { name: peer.node, labels: node?.labels ?? {}, ips: addressesOfNode(world, peer.node) };
}

export function isPeerPod(
  { world, peer }: Connection,
  { namespaces, pods }: { namespaces: Selector; pods: Selector },
): boolean {
  if (peer.pod === undefined) return false;
  return selects(namespaces, namespaceLabels(world, peer.pod.namespace)) && selects(pods, peer.pod.labels);
}

/** A node stands behind all the addresses that its object names; every other peer behind the one that is used. */
export function isPeerIn(connection: Connection, block: IpBlock): boolean {
  const { address, isUnnamed } = connection.peer;
  const named = isUnnamed ? undefined : peerNode(connection)?.ips;
  const addresses = named ?? [address];
  return addresses.some(address => isInBlock(block, address));
}

/** Named ports are the destination pod's. */
export function isNamedPort(
  { direction, subject, peer, ...connection }: Connection,
  name: string,
  protocol: Protocol | undefined,
): boolean {
  const destination = direction === 'ingress' ? subject : peer.pod;
  if (protocol !== undefined && protocol !== connection.protocol) return false;
  return (destination?.ports ?? []).some(
    each => each.name === name && each.protocol === connection.protocol && each.port === connection.port,
  );
}

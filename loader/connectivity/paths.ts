// Every path that a packet of a cluster takes, as attempts between its hosts.
import type { Attempt, AttemptProtocol } from './attempts.ts';

/** A pod, or a node itself, with an echo server. */
export interface ReachableHost {
  readonly name: string;
  readonly kind: 'pod' | 'node';
  readonly node: string;
  readonly addresses: readonly string[];
}

/** Addresses that lead to an echo server of another host. */
export interface Service {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly port: number;
  /** Both without. */
  readonly protocols?: readonly ('tcp' | 'udp')[];
}

export interface Reachable<Host extends ReachableHost> {
  readonly pods: readonly Host[];
  readonly nodes: readonly Host[];
  readonly services: readonly Service[];
  readonly nodePorts: readonly Service[];
  /** Outside of the cluster. `echo`: an echo server listens there; otherwise any server of TCP. */
  readonly outside: (Service & { readonly echo: boolean }) | undefined;
  readonly name: { readonly text: string; readonly server?: string } | undefined;
}

export interface Path<Host extends ReachableHost> {
  readonly name: PathName;
  readonly attempts: readonly Attempt<Host>[];
}

const PATH_NAMES = [
  'pod to pod, same node',
  'pod to pod, other node',
  'pod to its node',
  'pod to another node',
  'node to its pod',
  'node to a pod elsewhere',
  'pod to Service',
  'pod to NodePort',
  'node to Service',
  'pod to outside',
  'name resolution',
  'large datagrams',
  'large streams',
] as const;
export type PathName = (typeof PATH_NAMES)[number];

const PROTOCOLS = ['tcp', 'udp', 'icmp'] as const;
/** What is translated by port has no echo requests. */
const PORT_PROTOCOLS = ['tcp', 'udp'] as const;
/** Fragmented on every MTU that is common. */
const DATAGRAM_BYTES = 8_000;
const STREAM_BYTES = 2 << 20;

/** In the order of PATH_NAMES; a path for which the cluster has no hosts has no attempts. */
export function pathsOf<Host extends ReachableHost>(cluster: Reachable<Host>): Path<Host>[] {
  const { pods, nodes, services, nodePorts } = cluster;
  const isLocal = (one: Host, other: Host): boolean => one.node === other.node;
  const podPairs = pairsOf(pods, pods);
  const toNodes = pairsOf(pods, nodes);
  const fromNodes = pairsOf(nodes, pods);
  const remote = podPairs.filter(([from, to]) => !isLocal(from, to));
  const between = (pairs: readonly Pair<Host>[], local: boolean): Attempt<Host>[] =>
    pairs.filter(([from, to]) => isLocal(from, to) === local).flatMap(([from, to]) => everyWay(from, to));
  const attempts: Readonly<Record<PathName, readonly Attempt<Host>[]>> = {
    'pod to pod, same node': between(podPairs, true),
    'pod to pod, other node': between(podPairs, false),
    'pod to its node': between(toNodes, true),
    'pod to another node': between(toNodes, false),
    'node to its pod': between(fromNodes, true),
    'node to a pod elsewhere': between(fromNodes, false),
    'pod to Service': pods.flatMap(from => services.flatMap(to => toService(from, to, PORT_PROTOCOLS))),
    'pod to NodePort': pods.flatMap(from => nodePorts.flatMap(to => toService(from, to, PORT_PROTOCOLS))),
    'node to Service': nodes.flatMap(from => services.flatMap(to => toService(from, to, ['tcp']))),
    'pod to outside': toOutside(cluster),
    'name resolution': nameAttempts(cluster),
    'large datagrams': remote.flatMap(([from, to]) => sized(from, to, 'udp', DATAGRAM_BYTES)),
    'large streams': remote.flatMap(([from, to]) => sized(from, to, 'stream', STREAM_BYTES)),
  };
  return PATH_NAMES.map(name => ({ name, attempts: attempts[name] }));
}

type Pair<Host> = readonly [from: Host, to: Host];

function pairsOf<Host>(froms: readonly Host[], tos: readonly Host[]): Pair<Host>[] {
  return froms.flatMap(from => tos.filter(to => to !== from).map(to => [from, to] as const));
}

/** Every protocol and family that both have. Between pods, the sender's own address must be seen. */
function everyWay<Host extends ReachableHost>(from: Host, to: Host): Attempt<Host>[] {
  const arePods = from.kind === 'pod' && to.kind === 'pod'; // another node sees the sender's node, by masquerade
  return addressPairs(from, to).flatMap(({ source, address }) =>
    PROTOCOLS.map(protocol => ({
      ...{ from, to: address, protocol },
      ...(arePods && { seenAs: source }),
    })),
  );
}

function sized<Host extends ReachableHost>(
  from: Host,
  to: Host,
  protocol: AttemptProtocol,
  bytes: number,
): Attempt<Host>[] {
  return addressPairs(from, to).map(({ address }) => ({ from, to: address, protocol, bytes }));
}

function toService<Host extends ReachableHost>(
  from: Host,
  { addresses, port, protocols = PORT_PROTOCOLS }: Service,
  asked: readonly AttemptProtocol[],
): Attempt<Host>[] {
  const served: readonly AttemptProtocol[] = [...protocols, 'open'];
  return addresses
    .filter(address => from.addresses.some(own => isIpv6(own) === isIpv6(address)))
    .flatMap(to =>
      asked.filter(protocol => served.includes(protocol)).map(protocol => ({ from, to, port, protocol })),
    );
}

function toOutside<Host extends ReachableHost>({ pods, outside }: Reachable<Host>): Attempt<Host>[] {
  if (outside === undefined) return [];
  return pods.flatMap(from => toService(from, outside, outside.echo ? PORT_PROTOCOLS : ['open']));
}

function nameAttempts<Host extends ReachableHost>({ pods, name }: Reachable<Host>): Attempt<Host>[] {
  if (name === undefined) return [];
  const { text: to, server } = name;
  return pods.map(from => ({ from, to, protocol: 'name', ...(server !== undefined && { server }) }));
}

function addressPairs(
  from: ReachableHost,
  to: ReachableHost,
): { readonly source: string; readonly address: string }[] {
  return to.addresses.flatMap(address => {
    const source = from.addresses.find(own => isIpv6(own) === isIpv6(address));
    return source === undefined ? [] : [{ source, address }];
  });
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}

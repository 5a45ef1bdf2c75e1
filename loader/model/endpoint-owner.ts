// Which of those that claim an address has its row in hd_endpoint.
import { type Addr, cidrContains } from 'ip';
import { podKey } from './objects.ts';
import { comparePods, type PodCidrsOf } from './precedence.ts';
import type { RemotePod } from './endpoint-row.ts';
import type { EndpointRow } from './table-rows.ts';

export interface EndpointClaims {
  /** Of the node that owns the address. */
  readonly node: EndpointRow | undefined;
  /** Of this node's pods, as ADD allocated it, the earlier first. */
  readonly local: readonly EndpointRow[];
  /** Of pods on other nodes, in any order. */
  readonly remote: readonly { readonly pod: RemotePod; readonly row: EndpointRow }[];
  /** Of a Service. */
  readonly service?: EndpointRow | undefined;
}

export interface EndpointOwner {
  readonly row: EndpointRow | undefined;
  /** One sentence for each claim that is ignored. */
  readonly problems: readonly string[];
}

/**
 * Precedence: this node's addresses, then its pods' addresses as ADD allocated them, then other nodes and their pods.
 * A Node object can name any address, so an address in a third node's pod CIDR is not taken from it. Remote pods are
 * ordered by `comparePods`. A Service has what nobody else claims: any user can name an externalIP.
 */
export function endpointOwner(addr: Addr, claims: EndpointClaims, podCidrsOf: PodCidrsOf): EndpointOwner {
  const { node, local, remote, service } = claims;
  const row = winner(addr, claims, podCidrsOf) ?? service;
  if (row === undefined || row === service) return { row, problems: [] };
  if (service === undefined && 1 === Number(node !== undefined) + local.length + remote.length)
    return { row, problems: [] };
  const all = [
    ...(node === undefined ? [] : [node]),
    ...local,
    ...remote.map(one => one.row),
    ...(service ? [service] : []),
  ];
  return { row, problems: all.filter(one => one !== row).map(loser => conflict(loser, row)) };
}

function winner(addr: Addr, claims: EndpointClaims, podCidrsOf: PodCidrsOf): EndpointRow | undefined {
  const isInPodCidrs = ({ node }: EndpointRow): boolean =>
    podCidrsOf(node).some(cidr => cidrContains(cidr, addr));
  const { node } = claims;
  const [local] = claims.local;
  const remote = firstRemote(addr, claims, podCidrsOf);
  if (node === undefined) return local ?? remote;
  if (node.value.kind !== 'ENDPOINT_REMOTE_NODE' || isInPodCidrs(node)) return node;
  return local ?? (remote !== undefined && isInPodCidrs(remote) ? remote : node);
}

function firstRemote(
  addr: Addr,
  { remote: [first, ...others] }: EndpointClaims,
  podCidrsOf: PodCidrsOf,
): EndpointRow | undefined {
  const contest = { addr, podCidrsOf };
  return others.reduce(
    (best, next) => (best !== undefined && comparePods(next.pod, best.pod, contest) < 0 ? next : best),
    first,
  )?.row;
}

function conflict(loser: EndpointRow, winner: EndpointRow): string {
  return `address ${loser.key.addr} of ${ownerName(loser)} is ignored: it belongs to ${ownerName(winner)}`;
}

function ownerName({ pod, node, service }: EndpointRow): string {
  if (service !== undefined) return `Service ${service.namespace}/${service.name}`;
  return pod === undefined ? `node ${node}` : `pod ${podKey(pod)}`;
}

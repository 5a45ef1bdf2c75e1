// Resolves conflicts between nodes: an address or prefix that two nodes claim is removed from one of them.
import type { Addr, Cidr } from 'ip';
import { claimCidrs } from './cidr-claims.ts';
import { announcedAddressesOf, flannelAddressesOf, overlayAddressesOf } from './node-addresses.ts';
import type { NodeObject } from './objects.ts';
import { compareNodes } from './precedence.ts';

export interface ResolvedNodes {
  /** In the order given, each with only the prefixes and addresses that it owns. */
  readonly nodes: readonly NodeObject[];
  /** Owner of each node address, including overlay devices' addresses. */
  readonly owners: ReadonlyMap<Addr, string>;
  /** One sentence for each ignored claim. */
  readonly problems: readonly string[];
}

/** This node first, the others by name. */
export function nodesInOrder(nodes: ReadonlyMap<string, NodeObject>, own: NodeObject): readonly NodeObject[] {
  const others = [...nodes.values()].filter(node => node.name !== own.name);
  return [own, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/**
 * The first node, this one, keeps every address that it claims. The others are ordered by `compareNodes`.
 * `more`: further addresses of the first node.
 */
export function resolveNodes(nodes: readonly NodeObject[], more: readonly Addr[]): ResolvedNodes {
  const cidrs = claimCidrs(nodes, nodes[0]?.name);
  const owners = new Map<Addr, string>();
  const problems = [...cidrs.problems];
  const [self, ...others] = nodes;
  const resolved = new Map<NodeObject, NodeObject>();
  for (const node of [...(self === undefined ? [] : [self]), ...others.sort(compareNodes)]) {
    const kept = new Set(cidrs.byNode.get(node.name));
    const podCidrs = node.podCidrs.filter(cidr => kept.delete(cidr)); // each once
    const inOthersCidrs = [...(cidrs.lostAddresses.get(node.name) ?? [])];
    const announced = announcedAddressesOf(node).filter(addr => !inOthersCidrs.includes(addr));
    const devices = [...overlayAddressesOf(podCidrs), ...flannelAddressesOf({ ...node, podCidrs })];
    const addresses = [...devices, ...announced];
    const claims = new Set([...(node === self ? more : []), ...addresses]);
    const lost = [...claims].filter(addr => claim(owners, addr, node.name) !== node.name);
    problems.push(...lost.map(addr => conflict(addr, node.name, owners)));
    const gone = [...lost, ...inOthersCidrs];
    const isWhole = podCidrs.length === node.podCidrs.length && gone.length === 0;
    resolved.set(node, isWhole ? node : without(node, podCidrs, gone));
  }
  return { nodes: nodes.map(node => resolved.get(node) ?? node), owners, problems };
}

function without(node: NodeObject, podCidrs: readonly Cidr[], lost: readonly Addr[]): NodeObject {
  const own = (addr: Addr): boolean => !lost.includes(addr);
  return {
    ...node,
    podCidrs,
    internalAddresses: node.internalAddresses.filter(own),
    externalAddresses: node.externalAddresses.filter(own),
    tunnelAddresses: node.tunnelAddresses.filter(own),
  };
}

function conflict(addr: Addr, loser: string, owners: ReadonlyMap<Addr, string>): string {
  return `address ${addr} of node ${loser} is ignored: it belongs to node ${owners.get(addr) ?? ''}`;
}

/** Records `name` as the owner unless there is one. Returns the owner. */
function claim(owners: Map<Addr, string>, addr: Addr, name: string): string {
  const owner = owners.get(addr) ?? name;
  owners.set(addr, owner);
  return owner;
}

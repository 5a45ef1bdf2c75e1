// The cluster's nodes without conflicts: what two of them claim belongs to one, and the other is left without it.
import type { Addr, Cidr } from 'ip';
import { claimCidrs } from './cidr-claims.ts';
import { announcedAddressesOf, overlayAddressesOf } from './node-addresses.ts';
import type { NodeObject } from './objects.ts';
import { compareNodes } from './precedence.ts';

export interface SettledNodes {
  /** In the order given, each with only those prefixes and addresses that are its own. */
  readonly nodes: readonly NodeObject[];
  /** Which node each address of a node belongs to, those of overlay devices included. */
  readonly owners: ReadonlyMap<Addr, string>;
  /** One sentence for each claim that is not honoured. */
  readonly problems: readonly string[];
}

/** This node first, the others by their names. */
export function nodesInOrder(nodes: ReadonlyMap<string, NodeObject>, own: NodeObject): readonly NodeObject[] {
  const others = [...nodes.values()].filter(node => node.name !== own.name);
  return [own, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/**
 * Addresses of several nodes are the first one's, which is this node: it lives. Else `compareNodes` says whose they are.
 * `more` are further addresses of the first node.
 */
export function settleNodes(nodes: readonly NodeObject[], more: readonly Addr[]): SettledNodes {
  const cidrs = claimCidrs(nodes, nodes[0]?.name);
  const owners = new Map<Addr, string>();
  const problems = [...cidrs.problems];
  const [self, ...others] = nodes;
  const settled = new Map<NodeObject, NodeObject>();
  for (const node of [...(self === undefined ? [] : [self]), ...others.sort(compareNodes)]) {
    const kept = new Set(cidrs.byNode.get(node.name));
    const podCidrs = node.podCidrs.filter(cidr => kept.delete(cidr)); // each once
    const inOthersCidrs = [...(cidrs.lostAddresses.get(node.name) ?? [])];
    const announced = announcedAddressesOf(node).filter(addr => !inOthersCidrs.includes(addr));
    const addresses = [...overlayAddressesOf(podCidrs), ...announced];
    const claims = new Set([...(node === self ? more : []), ...addresses]);
    const lost = [...claims].filter(addr => claim(owners, addr, node.name) !== node.name);
    problems.push(...lost.map(addr => contested(addr, node.name, owners)));
    const gone = [...lost, ...inOthersCidrs];
    const isWhole = podCidrs.length === node.podCidrs.length && gone.length === 0;
    settled.set(node, isWhole ? node : without(node, podCidrs, gone));
  }
  return { nodes: nodes.map(node => settled.get(node) ?? node), owners, problems };
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

function contested(addr: Addr, loser: string, owners: ReadonlyMap<Addr, string>): string {
  return `address ${addr} of node ${loser} is ignored: it belongs to node ${owners.get(addr) ?? ''}`;
}

/** Answers the owner: the name, or who was there before. */
function claim(owners: Map<Addr, string>, addr: Addr, name: string): string {
  const owner = owners.get(addr) ?? name;
  owners.set(addr, owner);
  return owner;
}

// Who the two ends of a query are: a name such as 'x/a' or 'node/n1' and a family, resolved in a world.
import type { Query, World, WorldNode, WorldPod } from './world.ts';

export interface QueryEnd {
  readonly ref: string;
  /** Of the query's family. */
  readonly address: string;
  /** Absent: no pod with an address of its own. */
  readonly pod?: WorldPod;
  /** The node that it is; absent: no node. */
  readonly node?: string;
  /** The address is one that its object does not name. */
  readonly isUnnamed?: true;
}

export interface Ends {
  readonly from: QueryEnd;
  readonly to: QueryEnd;
}

export function endsOf(world: World, query: Query): Ends {
  const family = query.family ?? 4;
  return { from: queryEndOf(world, query.from, family), to: queryEndOf(world, query.to, family) };
}

/** Throws a `RangeError` if there is no such peer, or it has no address of that family. */
export function queryEndOf(world: World, ref: string, family: 4 | 6): QueryEnd {
  const slash = ref.indexOf('/');
  const [kind, name] = [ref.slice(0, slash), ref.slice(slash + 1)];
  if (kind === 'external') {
    const external = world.externals.find(each => each.name === name);
    return { ref, address: addressOf(external, ref, family) };
  }
  if (kind === 'node') {
    const node = world.nodes.find(each => each.name === name);
    return { ref, address: addressOf(node, ref, family), node: name };
  }
  if (kind === 'unnamed') {
    const node = world.nodes.find(each => each.name === name);
    return {
      ref,
      address: addressOf({ ips: node?.unnamedIps ?? [] }, ref, family),
      node: name,
      isUnnamed: true,
    };
  }
  const pod = world.pods.find(each => each.namespace === kind && each.name === name);
  const address = addressOf(pod, ref, family);
  return pod?.hostNetwork === true ? { ref, address, node: pod.node } : { ref, address, ...(pod && { pod }) };
}

/** All addresses of a node: its own, and those of the host-network pods on it. */
export function addressesOfNode(world: World, name: string): readonly string[] {
  const own = world.nodes.find((node: WorldNode) => node.name === name)?.ips ?? [];
  const hosted = world.pods.filter(pod => pod.hostNetwork === true && pod.node === name);
  return [...new Set([...own, ...hosted.flatMap(pod => pod.ips)])];
}

function addressOf(found: { ips: readonly string[] } | undefined, ref: string, family: 4 | 6): string {
  if (found === undefined) throw new RangeError(`there is no peer '${ref}'`);
  const address = found.ips.find(ip => ip.includes(':') === (family === 6));
  if (address === undefined) throw new RangeError(`${ref} has no IPv${family} address`);
  return address;
}

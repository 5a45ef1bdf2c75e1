// Random worlds: a few pods, nodes and outsiders, and policies that speak of them all the time.
import type { World, WorldNamespace, WorldNode, WorldPod, WorldPort, RawPolicy } from '../world.ts';
import { clusterNetworkPolicy } from './cluster-policy.ts';
import { networkPolicy } from './network-policy.ts';
import {
  CROWDED_NAMESPACES,
  EXTERNALS,
  labels,
  NAMESPACES,
  NODES,
  PORT_NAMES,
  PORTS,
  PROTOCOLS,
} from './pools.ts';
import type { Random } from './random.ts';

const MAX_POLICIES = 8;

export function randomWorld(random: Random): World {
  const nodes = NODES.slice(0, 1 + random.int(NODES.length)).map((_, index) => node(random, index));
  return {
    namespaces: NAMESPACES.map(name => namespace(random, name)),
    pods: random.list(2, 6, index => pod(random, nodes, index)),
    externals: random.sample(EXTERNALS, random.int(3)).map((ips, index) => ({ name: `e${index}`, ips })),
    nodes,
    policies: random.list(1, MAX_POLICIES, index => policy(random, index)),
  };
}

export function namespace(random: Random, name: string): WorldNamespace {
  return { name, labels: { 'kubernetes.io/metadata.name': name, ...labels(random) } };
}

/** Some have two addresses of a family, some have no IPv6. */
export function node(random: Random, index: number): WorldNode {
  const v4 = [`10.2.0.${index}`, ...(random.chance(0.3) ? [`192.0.2.${index}`] : [])];
  const v6 = random.chance(0.8) ? [`fd00:2::${index}`] : [];
  return {
    name: NODES[index] ?? 'n1',
    labels: labels(random),
    ips: [...random.shuffled(v4), ...v6],
    ...(random.chance(0.6) && { unnamedIps: random.pick(unnamedAddresses(index)) }),
  };
}

/** Of a bridge, of a VIP: among others' addresses, so that prefixes contain them or not. */
function unnamedAddresses(index: number): readonly (readonly string[])[] {
  return [
    [`10.2.1.${index}`, `fd00:2::1:${index}`],
    [`10.1.2.21${index}`, `fd00:1:2::21${index}`],
    [`192.0.2.10${index}`, `2001:db8::10${index}`],
    [`172.17.0.${index + 1}`, `2001:db8:17::${index + 1}`],
  ];
}

export function pod(random: Random, nodes: readonly WorldNode[], index: number): WorldPod {
  const on = random.int(nodes.length);
  const hostNetwork = random.chance(0.12);
  const { name = 'n1', ips = [] } = nodes[on] ?? {};
  return {
    namespace: random.pick(CROWDED_NAMESPACES),
    name: `p${index}`,
    labels: labels(random),
    ips: hostNetwork ? ips : podAddresses(random, on + 1, index),
    node: name,
    ports: random.list(0, 4, () => containerPort(random)),
    ...(hostNetwork && { hostNetwork }),
  };
}

/** Two containers of a pod may call two ports alike, of one protocol or of several. */
export function containerPort(random: Random): WorldPort {
  return {
    ...(random.chance(0.9) && { name: random.pick(PORT_NAMES) }),
    port: random.pick(PORTS),
    protocol: random.pick(PROTOCOLS),
  };
}

export function policy(random: Random, index: number): RawPolicy {
  return random.chance(0.55)
    ? networkPolicy(random, `np-${index}`)
    : clusterNetworkPolicy(random, `cnp-${index}`);
}

function podAddresses(random: Random, third: number, index: number): string[] {
  const [v4, v6] = [`10.1.${third}.${index}`, `fd00:1:${third}::${index.toString(16)}`];
  const families = random.int(10);
  return families === 0 ? [v4] : families === 1 ? [v6] : [v4, v6];
}

// Two nodes with the same maps, one with the flow cache and one without: what one makes of a packet, the other must.
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { FlowEpochRow } from '../../../loader/abi/abi.gen.ts';
import { openNode, type NodeBench } from '../../support/bpf/node-bench.ts';
import type { Outcome } from '../../support/bpf/bench.ts';
import { CLUSTER } from '../../support/bpf/cluster-given.ts';
import { GENERATION, IPV6 } from '../../support/bpf/cluster.ts';
import { givenWith, type Given } from '../../support/bpf/given.ts';
import { isIpv6 } from '../../support/packet/address.ts';
import { diffPackets } from '../../support/packet/diff.ts';
import { bare } from '../../support/packet/packet.ts';
import type { Kind, Variant } from './variants.ts';
import type { Direction } from './way.ts';

export type CacheNode = NodeBench & { readonly isCaching: boolean };

export function openCacheNode(isCaching: boolean): CacheNode {
  const node = openNode(['pod_tx', 'uplink_rx'], { flow_cache: Number(isCaching) });
  return { ...node, isCaching };
}

const SETTLED_CONTROL = { generation: GENERATION, tunnelIpv6: IPV6.own };

/** Both ends take part: no LRU map keeps the flow. */
const ASSURED = ['CT_ASSURED', 'CT_SEEN_REPLY'];

/** A flow that has nothing left to learn, of datagrams with whatever flags: twice its usual packet. */
export function settle(node: NodeBench, direction: Direction, kind: Kind, flags = ASSURED): void {
  const { from, to } = direction;
  const flow = { source: from, destination: to, ...kind.flow, flags, packets: [3, 3] as const };
  node.fill(givenWith(CLUSTER, { conntrack: [flow], control: SETTLED_CONTROL }));
  send(node, direction, usual(kind));
  send(node, direction, usual(kind));
}

export function usual({ usual }: Kind): Variant {
  return { name: 'usual', build: usual, isShort: true };
}

/** Of its usual packet, unless another is given: the long way would enter the flow anew. */
export function takesShortWay(
  node: NodeBench,
  direction: Direction,
  kind: Kind,
  variant: Variant = usual(kind),
): boolean {
  forgetFlows(node);
  send(node, direction, variant);
  return conntrackRows(node).length === 0;
}

export function send(node: NodeBench, direction: Direction, variant: Variant): Outcome {
  const { hook, ifindex } = direction;
  const ingressIfindex = hook === 'uplink_rx' ? ifindex : 0;
  return node.run(hook, frameOf(direction, variant), { ifindex, ingressIfindex, ...variant.context });
}

function frameOf({ from, to, wrap }: Direction, { build, around = {}, spoil }: Variant): Buffer {
  const ip = build(options => bare().ip(from, to, options));
  const frame = wrap(ip, around).bytes();
  return spoil?.(frame, frame.length - ip.bytes().length) ?? frame;
}

const CACHES = ['hd_cache_ipv4', 'hd_cache_ipv6'];

type CachedRow = Record<string, unknown>;

/** Rows of the cache. */
export function cachedRows({ maps }: NodeBench): readonly CachedRow[] {
  return CACHES.flatMap(name => [...(maps.get(name)?.entries() ?? [])].map(([, row]) => row));
}

export function changeCached({ maps }: NodeBench, changed: (row: CachedRow) => CachedRow): void {
  for (const name of CACHES)
    for (const [key, row] of [...(maps.get(name)?.entries() ?? [])]) maps.get(name)?.set(key, changed(row));
}

export function forgetCached({ maps }: NodeBench): void {
  for (const name of CACHES)
    for (const [key] of [...(maps.get(name)?.entries() ?? [])]) maps.get(name)?.delete(key);
}

/** What the daemon writes, but it is killed before it has made cached flows void. */
export function changeUnannounced(node: NodeBench, more: Partial<Given>): void {
  const epochs = node.maps.get('hd_flow_epoch') as unknown as MapSet['hd_flow_epoch'] | undefined;
  const before = epochs?.get(FlowEpochRow.EPOCH_TABLES);
  node.change(givenWith(CLUSTER, { control: SETTLED_CONTROL, ...more }));
  if (before !== undefined) epochs?.set(FlowEpochRow.EPOCH_TABLES, before);
}

/** All of conntrack's rows but their times and places. */
export function conntrackRows({ maps }: NodeBench): unknown[] {
  return ['hd_ct', 'hd_ct_unassured'].flatMap(name =>
    [...(maps.get(name)?.entries() ?? [])].map(([key, entry]) => [
      name,
      key,
      { ...entry, seenNs: 0, createdNs: 0, slot: 0 },
    ]),
  );
}

function forgetFlows({ maps }: NodeBench): void {
  for (const name of ['hd_ct', 'hd_ct_unassured']) {
    const map = maps.get(name);
    for (const [key] of [...(map?.entries() ?? [])]) map?.delete(key);
  }
}

export function concerns({ only }: Variant, direction: Direction): boolean {
  switch (only) {
    case 'tunnel':
      return direction.isTunnel;
    case 'plain':
      return !direction.isTunnel;
    case 'ipv4':
      return !isIpv6(direction.from);
    case 'ipv6':
      return isIpv6(direction.from);
    case 'to a node':
      return direction.isToNode;
    default:
      return true;
  }
}

/** The same on both nodes: sentences, none if they agree about the packet and about its flow. */
export function disagreements(
  nodes: readonly [caching: NodeBench, plain: NodeBench],
  play: (node: NodeBench) => Outcome,
): readonly string[] {
  const [caching, plain] = nodes;
  const [found, wanted] = [play(caching), play(plain)];
  return [
    ...differs('action', found.action, wanted.action),
    ...differs('counted', found.counted, wanted.counted),
    ...diffPackets(wanted.packet, found.packet, { ignore: ['ipv4 id'] }),
    ...differs('conntrack', conntrackRows(caching), conntrackRows(plain)),
  ];
}

function differs(what: string, found: unknown, wanted: unknown): string[] {
  const [text, other] = [found, wanted].map(value => JSON.stringify(value, bigintText));
  return text === other ? [] : [`${what}: ${text} with the cache, ${other} without`];
}

function bigintText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

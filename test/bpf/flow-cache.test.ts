// A packet of a settled flow that takes the short way becomes what the long way makes of it; what needs the long way takes it.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { createDevices } from '../support/bpf/devices.ts';
import { diffPackets } from '../support/packet/diff.ts';
import {
  cachedRows,
  concerns,
  conntrackRows,
  openCacheNode,
  send,
  settle,
  takesShortWay,
} from './flow-cache/both-ways.ts';
import { KINDS, type Kind, type Variant } from './flow-cache/variants.ts';
import { DIRECTIONS, type Direction } from './flow-cache/way.ts';

createDevices();
const caching = openCacheNode(true);
const plain = openCacheNode(false);
t.teardown(() => {
  for (const node of [caching, plain]) node[Symbol.dispose]();
});

for (const direction of DIRECTIONS)
  for (const [protocol, kind] of Object.entries(KINDS))
    t.test(`${direction.name}, ${protocol}`, t => {
      for (const variant of kind.variants)
        if (concerns(variant, direction)) t.same(differences(direction, kind, variant), [], variant.name);
      t.end();
    });

/** Sentences, none if both nodes agree and the packet took the way that it should. */
function differences(direction: Direction, kind: Kind, variant: Variant): readonly string[] {
  for (const node of [caching, plain]) settle(node, direction, kind);
  if (cachedRows(caching).length !== 1) return ['the flow is not cached'];
  if (cachedRows(plain).length !== 0) return ['a flow is cached with the cache off'];
  const [found, wanted] = [caching, plain].map(node => send(node, direction, variant));
  if (found === undefined || wanted === undefined) return ['no outcome'];
  return [
    ...differs('action', found.action, wanted.action),
    ...differs('counted', found.counted, wanted.counted),
    ...diffPackets(wanted.packet, found.packet, { ignore: ['ipv4 id'] }),
    ...differs('conntrack', conntrackRows(caching), conntrackRows(plain)),
    ...(variant.isShort && !isShort(direction, kind, variant) ? ['it takes the long way'] : []),
  ];
}

function isShort(direction: Direction, kind: Kind, variant: Variant): boolean {
  settle(caching, direction, kind);
  return takesShortWay(caching, direction, kind, variant);
}

function differs(what: string, found: unknown, wanted: unknown): string[] {
  const [text, other] = [found, wanted].map(value => JSON.stringify(value, bigintText));
  return text === other ? [] : [`${what}: ${text} with the cache, ${other} without`];
}

function bigintText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

// A packet of a settled flow that takes the short way becomes what the long way makes of it; what needs the long way takes it.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { createDevices } from '../support/bpf/devices.ts';
import {
  cachedRows,
  concerns,
  disagreements,
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
  return [
    ...disagreements([caching, plain], node => send(node, direction, variant)),
    ...(variant.isShort && !isShort(direction, kind, variant) ? ['it takes the long way'] : []),
  ];
}

function isShort(direction: Direction, kind: Kind, variant: Variant): boolean {
  settle(caching, direction, kind);
  return takesShortWay(caching, direction, kind, variant);
}

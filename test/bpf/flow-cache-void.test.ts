// What a cached flow repeats may change: its next packet takes the long way then, and only then.
import '../support/bpf/own-netns.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BpfMap } from 'libbpf-ts';
import t from 'tap';
import type { MapSet } from '../../loader/abi/map-set.ts';
import { changeControl } from '../../loader/tables/control.ts';
import { voidCachedFlows } from '../../loader/tables/flow-epoch.ts';
import { createDevices } from '../support/bpf/devices.ts';
import { CLUSTER } from '../support/bpf/cluster-given.ts';
import { MAC } from '../support/bpf/cluster.ts';
import {
  cachedRows,
  changeCached,
  changeUnannounced,
  forgetCached,
  openCacheNode,
  send,
  settle,
  takesShortWay,
  usual,
} from './flow-cache/both-ways.ts';
import { answer, KINDS, request, synAck, type Kind } from './flow-cache/variants.ts';
import { DIRECTIONS, reverseOf, type Direction } from './flow-cache/way.ts';

createDevices();
const node = openCacheNode(true);
t.teardown(() => node[Symbol.dispose]());
const maps = node.maps as unknown as ReadonlyMap<string, BpfMap>;
const control = maps.get('hd_control') as unknown as MapSet['hd_control'];
const epoch = maps.get('hd_flow_epoch') as unknown as MapSet['hd_flow_epoch'];

/** Longer than the row of an assured flow may be used, and than that of an evictable one. */
const [ASSURED_MS, EVICTABLE_MS] = [1_100, 150];

interface Case {
  readonly name: string;
  readonly happens: (there: Direction, back: Direction) => void;
  readonly isVoid: boolean;
}

const CASES: readonly Case[] = [
  { name: 'nothing', happens: () => undefined, isVoid: false },
  { name: 'policy changes', happens: () => changeControl(control, { generation: 4n }), isVoid: true },
  { name: 'events are asked for', happens: () => changeControl(control, { events: 3n }), isVoid: false },
  { name: 'a packet is traced', happens: () => changeControl(control, { nonce: [1n, 0n] }), isVoid: true },
  { name: 'the daemon has written rows', happens: () => voidCachedFlows(epoch), isVoid: true },
];

const OPENED_ANEW: readonly Case[] = [
  { name: 'the other end: SYN', happens: (_, back) => void send(node, back, answer('SYN')), isVoid: true },
  { name: 'its sender: SYN', happens: there => void send(node, there, request('SYN')), isVoid: false },
  {
    name: 'its sender: SYN, the other end: SYN ACK',
    happens: (there, back) => {
      send(node, there, request('SYN'));
      send(node, back, synAck());
    },
    isVoid: true,
  },
];

const ENDED: readonly Case[] = ['FIN ACK', 'RST'].flatMap(flags => [
  { name: `its sender: ${flags}`, happens: there => void send(node, there, request(flags)), isVoid: true },
  {
    name: `the other end: ${flags}`,
    happens: (_, back) => void send(node, back, answer(flags)),
    isVoid: true,
  },
  { name: 'the other end: ACK', happens: (_, back) => void send(node, back, answer('ACK')), isVoid: false },
]);

const OF_TCP = [...ENDED, ...OPENED_ANEW];

for (const there of DIRECTIONS) {
  const back = reverseOf(there);
  if (back !== undefined)
    for (const [protocol, kind] of Object.entries(KINDS))
      t.test(`${there.name}, ${protocol}`, t => {
        for (const { name, happens, isVoid } of protocol === 'TCP' ? [...CASES, ...OF_TCP] : CASES) {
          settle(node, there, kind);
          happens(there, back);
          t.equal(takesShortWay(node, there, kind), !isVoid, name);
        }
        t.end();
      });
}

/** Nobody has answered. */
const UNANSWERED: string[] = [];

async function isShortAfter(ms: number, kind: Kind, flags?: string[]): Promise<boolean> {
  const [there] = DIRECTIONS;
  if (there === undefined) throw new Error('no direction');
  settle(node, there, kind, flags);
  await sleep(ms);
  return takesShortWay(node, there, kind);
}

t.test("a row's time ends", async t => {
  t.equal(await isShortAfter(EVICTABLE_MS, KINDS.TCP), true, 'of an assured flow after a second');
  t.equal(await isShortAfter(ASSURED_MS, KINDS.TCP), false);
  t.equal(await isShortAfter(0, KINDS.UDP, UNANSWERED), true, 'of one that may be evicted, earlier');
  t.equal(await isShortAfter(EVICTABLE_MS, KINDS.UDP, UNANSWERED), false);
});

t.test("a row whose memory has become another flow's is not used", t => {
  for (const [protocol, kind] of Object.entries(KINDS))
    for (const there of DIRECTIONS) {
      settle(node, there, kind);
      changeCached(node, row => {
        const [first = 0n, ...rest] = row['key'] as bigint[];
        return { ...row, key: [first ^ 1n, ...rest] };
      });
      t.equal(takesShortWay(node, there, kind), false, `${there.name}, ${protocol}`);
    }
  t.end();
});

/** Other routes to the nodes and other MACs of the pods. */
const OTHER_TABLES = {
  routes: CLUSTER.routes.map(route => ({ ...route, mtu: route.mtu - 4 })),
  endpoints: CLUSTER.endpoints.map(endpoint => ({ ...endpoint, mac: MAC.stranger })),
};

t.test(
  'a row is not kept beyond its time while the tables say something else, though its epoch has not risen',
  t => {
    for (const [protocol, kind] of Object.entries(KINDS))
      for (const there of DIRECTIONS) {
        settle(node, there, kind);
        changeUnannounced(node, OTHER_TABLES);
        changeCached(node, row => ({ ...row, validUntilNs: 0n }));
        send(node, there, usual(kind));
        const kept = cachedRows(node).map(withoutTime);
        forgetCached(node);
        send(node, there, usual(kind));
        t.same(kept, cachedRows(node).map(withoutTime), `${there.name}, ${protocol}`);
      }
    t.end();
  },
);

function withoutTime(row: Record<string, unknown>): Record<string, unknown> {
  return { ...row, validUntilNs: 0n };
}

/** With each of these a packet of the flow has something to do besides going on, or may have. */
const UNFIT = [
  'MIDSTREAM',
  'TUNNEL',
  'FROM_NODE',
  'FIN_ORIGINATOR',
  'FIN_RESPONDER',
  'VIA_STACK_REPLY',
  'CLASHES',
];

t.test('a flow that is not settled has no row', t => {
  for (const there of DIRECTIONS) {
    settle(node, there, KINDS.TCP, UNANSWERED);
    t.same(cachedRows(node), [], `${there.name}: TCP before it is assured`);
    for (const flag of UNFIT) {
      settle(node, there, KINDS.TCP, ['CT_ASSURED', 'CT_SEEN_REPLY', `CT_${flag}`]);
      t.same(cachedRows(node), [], `${there.name}: ${flag}`);
    }
  }
  t.end();
});

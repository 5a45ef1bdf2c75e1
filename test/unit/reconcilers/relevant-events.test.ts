// What others change in the kernel costs a sync only where it concerns this node.
//
// Kind: any notification of a class causes a full read. Examples: a foreign route that flaps, a neighbour probe on another
// device, an own route written by an ADD; and the opposite: a pod's neighbour entry that is changed is nobody's news.
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import type { Neighbour, Route } from 'rtnetlink';
import { podMac } from '../../../loader/model/derived-macs.ts';
import type { LocalPod } from '../../../loader/model/tables-input.ts';
import { relevantEvent, type RelevantState } from '../../../loader/reconcilers/relevant-events.ts';
import { neighbour, route } from '../network/kernel-state.ts';

const mac = podMac('c1', 'eth0');
const pod: LocalPod = {
  attachment: {
    ...{ containerId: 'c1', ifname: 'eth0', netns: '/n', hostInterface: 'hd1', podMac: mac, podId: 1 },
    ...{ addresses: [parseAddr('10.1.0.5')], mtu: 1450, bootId: '', createdAtMs: 0, phase: 'attached' },
  },
  ...{ ifindex: 7, slowPath: false },
};
const router = parseMac('02:00:00:00:00:99');
const state: RelevantState = {
  uplinks: [{ ifindex: 2 }],
  neighbours: [{ neighbours: new Map([[parseAddr('192.168.7.1'), router]]) }],
  destinations: new Set(['10.2.0.0/24', 'fd00:2::/64']),
  localPods: [pod],
  remotes: [],
};

const hop = (index: number, via?: string) => ({ nextHops: [{ index, via, onLink: false }] });

const ROUTES: readonly (readonly [title: string, route: Route, expected: string | undefined])[] = [
  [
    'another network by a router',
    route('203.0.113.0/24', { protocol: 186, ...hop(2, '192.168.7.1') }),
    undefined,
  ],
  ['one on another link', route('172.17.0.0/16', { protocol: 2, ...hop(5) }), undefined],
  ['a blackhole', route('198.18.0.0/15', { protocol: 186, type: 'blackhole', nextHops: [] }), undefined],
  ['the default route', route('0.0.0.0/0', { protocol: 16, ...hop(3, '10.0.0.1') }), 'route'],
  ['one on the uplink itself', route('192.168.8.0/24', { protocol: 2 }), 'route'],
  ['one of an advertisement', route('fd07::/64', { protocol: 9, ...hop(5, 'fe80::1') }), 'route'],
  ['one of ours', route('10.2.0.0/24', hop(4)), 'pod-route'],
  [
    'a foreign one in the place of ours',
    route('fd00:2::/64', { protocol: 3, ...hop(2, 'fe80::1') }),
    'pod-route',
  ],
  [
    'a foreign one to a local pod',
    route('10.1.0.5/32', { protocol: 3, ...hop(2, '192.168.7.1') }),
    'pod-route',
  ],
];

for (const [title, given, expected] of ROUTES)
  t.test(`a route: ${title}`, t => {
    for (const action of ['new', 'delete'] as const)
      t.equal(relevantEvent({ kind: 'route', action, route: given }, state), expected);
    t.end();
  });

t.test('a route towards another node, where the way to it is looked up', t => {
  const given = route('192.168.0.0/16', { protocol: 186, ...hop(2, '192.168.7.254') });
  const event = { kind: 'route', action: 'new', route: given } as const;
  t.equal(relevantEvent(event, { ...state, remotes: [parseAddr('192.168.9.2')] }), 'route');
  t.equal(relevantEvent(event, { ...state, remotes: [parseAddr('10.0.0.2')] }), undefined);
  t.end();
});

const on = (index: number) => ({ index });
const NEIGHBOURS: readonly (readonly [
  title: string,
  entry: Neighbour,
  action: 'new' | 'delete',
  expected: string | undefined,
])[] = [
  ["the pod's own entry", neighbour('10.1.0.5', mac, on(7)), 'new', undefined],
  ["the pod's entry with another MAC", neighbour('10.1.0.5', router, on(7)), 'new', 'pod-neighbour'],
  [
    "the pod's entry, no longer permanent",
    neighbour('10.1.0.5', mac, { ...on(7), state: 'stale' }),
    'new',
    'pod-neighbour',
  ],
  ["the pod's entry deleted", neighbour('10.1.0.5', mac, on(7)), 'delete', 'pod-neighbour'],
  ['another permanent entry there', neighbour('10.1.0.77', router, on(7)), 'new', 'pod-neighbour'],
  ['a multicast entry there', neighbour('ff02::1', router, { ...on(7), state: 'noArp' }), 'new', undefined],
  [
    'a probe on another device',
    neighbour('172.17.0.2', router, { ...on(5), state: 'reachable' }),
    'new',
    undefined,
  ],
  ["the router's known MAC", neighbour('192.168.7.1', router, { state: 'reachable' }), 'new', undefined],
  ["the router's new MAC", neighbour('192.168.7.1', mac, { state: 'reachable' }), 'new', 'neighbour'],
];

for (const [title, entry, action, expected] of NEIGHBOURS)
  t.test(`a neighbour: ${title}`, t => {
    t.equal(relevantEvent({ kind: 'neighbour', action, neighbour: entry }, state), expected);
    t.end();
  });

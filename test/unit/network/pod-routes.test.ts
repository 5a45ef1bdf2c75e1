// A pod's routes follow from its addresses; its neighbour entries are compared with the kernel's.
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import { diffPodNeighbours, podRoutes } from '../../../loader/network/pod-routes.ts';
import { neighbour } from './kernel-state.ts';

const mac = parseMac('02:00:00:00:00:05');
const pod = { ifindex: 2, mac, addresses: ['10.1.0.5', 'fd00:1::5'].map(parseAddr) };

t.test('each address has a route of its own', t => {
  t.same(podRoutes(pod), [
    { destination: '10.1.0.5/32', ifindex: 2 },
    { destination: 'fd00:1::5/128', ifindex: 2 },
  ]);
  t.end();
});

t.test('entries that are right are left alone', t => {
  const actual = [neighbour('10.1.0.5', mac), neighbour('fd00:1::5', mac)];
  t.same(diffPodNeighbours([pod], actual), { missing: [], stale: [] });
  t.end();
});

for (const [name, entry] of [
  ['with another MAC', neighbour('10.1.0.5', '02:00:00:00:00:06')],
  ['that is not permanent', neighbour('10.1.0.5', mac, { state: 'reachable' })],
  ['on another link', neighbour('10.1.0.5', mac, { index: 9 })],
] as const) {
  t.test(`an entry ${name} is as good as none`, t => {
    const { missing, stale } = diffPodNeighbours([pod], [entry, neighbour('fd00:1::5', mac)]);
    t.same(missing, [{ ...pod, addresses: ['10.1.0.5'] }]);
    t.same(stale, []);
    t.end();
  });
}

t.test(
  "an address that is no longer the pod's is stale; other links' entries are nobody's business here",
  t => {
    const old = neighbour('10.1.0.77', mac);
    const actual = [old, neighbour('192.168.7.9', mac, { index: 9 })];
    t.same(diffPodNeighbours([pod], actual).stale, [old]);
    t.end();
  },
);

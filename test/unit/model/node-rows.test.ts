import t from 'tap';
import type { NodeRow } from '../../../loader/model/table-rows.ts';
import { NEIGHBOUR_MAC, node, NODES, tablesOf, type ClusterTexts } from './cluster.ts';

function rowOf(addr: string, texts: ClusterTexts = {}): NodeRow | undefined {
  return tablesOf(texts).nodes.find(row => row.key.addr === addr);
}

t.test("this node's underlay addresses are local, announced or not", t => {
  t.strictSame(rowOf('192.0.2.1'), {
    key: { addr: '192.0.2.1' },
    value: { id: 1, mac: '00:00:00:00:00:00', flags: ['NODE_LOCAL'] },
    node: 'a',
  });
  const nodes = [node('a', { internal: ['203.0.113.1'] })];
  t.strictSame(
    tablesOf({ nodes }).nodes.map(row => row.key.addr),
    ['192.0.2.1', '2001:db8::1', '203.0.113.1'],
  );
  t.end();
});

t.test("a neighbour's MAC is known once the kernel knows it", t => {
  t.strictSame(rowOf('192.0.2.2')?.value, {
    id: 2,
    mac: NEIGHBOUR_MAC,
    flags: ['NODE_TUNNEL', 'NODE_MAC_KNOWN'],
  });
  t.strictSame(rowOf('2001:db8::2')?.value.flags, ['NODE_TUNNEL']);
  t.end();
});

t.test('behind a router no MAC is known, whatever the neighbour table says', t => {
  const [row] = tablesOf({ uplink: { connected: [] } }).nodes.filter(each => each.key.addr === '192.0.2.2');
  t.strictSame(row?.value, { id: 2, mac: '00:00:00:00:00:00', flags: ['NODE_TUNNEL'] });
  t.end();
});

t.test('tunnels come from tunnel addresses only', t => {
  const nodes = [
    ...NODES.slice(0, 1),
    node('b', { internal: ['192.0.2.2', '192.0.2.20'], tunnel: ['198.51.100.7'], external: ['203.0.113.2'] }),
  ];
  t.strictSame(rowOf('198.51.100.7', { nodes })?.value.flags, ['NODE_TUNNEL']);
  t.strictSame(rowOf('192.0.2.20', { nodes })?.value.flags, []);
  t.equal(rowOf('203.0.113.2', { nodes }), undefined, 'not of the underlay');
  t.equal(rowOf('10.2.0.1'), undefined, 'the overlay device is not of the underlay');
  t.end();
});

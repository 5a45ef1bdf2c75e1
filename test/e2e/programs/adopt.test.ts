// A restart changes nothing that is right.
import t from 'tap';
import { attached, makeTestNode, openFdCount } from './test-node.ts';

const node = makeTestNode('adopt', undo => t.teardown(undo));

t.test('the first start loads every program and attaches every link', t => {
  using opened = node.open();
  const loaded = opened.changes.filter(({ action }) => action.startsWith('loaded'));
  t.strictSame(loaded.map(({ subject }) => subject).sort(), [
    ...[
      'forward',
      'input',
      'overlay_rx',
      'overlay_tx',
      'pod_rx',
      'pod_tx',
      'postrouting',
      'uplink_rx',
      'uplink_tx',
      'uplink_xdp',
    ],
  ]);
  const changes = opened.reconcileLinks(node.links);
  t.ok(changes.every(({ action }) => action === 'attached'));
  t.equal(changes.length, 12, 'six on devices, three of netfilter in both families');
  t.strictSame(opened.reconcileLinks(node.links), [], 'and a second look finds nothing to do');
  t.end();
});

t.test('the second start adopts programs, maps and links as they are', t => {
  const first = snapshot();
  const second = snapshot();
  t.strictSame(second, first);
  t.strictSame(node.run(), [], 'and says that it changed nothing');
  t.end();
});

t.test('every descriptor is closed again', t => {
  node.run();
  const before = openFdCount();
  for (let start = 0; start < 3; start++) node.run();
  using opened = node.open();
  t.ok(openFdCount() > before, 'an open set of programs holds descriptors');
  opened[Symbol.dispose]();
  opened[Symbol.dispose]();
  t.equal(openFdCount(), before);
  t.end();
});

function snapshot() {
  using opened = node.open();
  opened.reconcileLinks(node.links);
  const { programs } = opened.status();
  const maps = Object.values(opened.maps).map(map => map.info.id);
  return {
    maps,
    programs: programs.map(({ hook, id, tag }) => ({ hook, id, tag })),
    links: [...attached(opened)],
  };
}

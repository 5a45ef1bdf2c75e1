// Maps of another layout: made anew if they can be filled again, else refused.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BpfMap, unpin } from 'libbpf-ts';
import t from 'tap';
import { MAPS, type MapName } from '../../../loader/abi/abi.gen.ts';
import { mapPin, nextPin, replacePin } from '../../../loader/programs/pin.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { pinOldMaps } from './old-object.ts';
import { attached, linkIdsOn, loadForeign, makeTestNode, openFdCount } from './test-node.ts';
import { until } from '../../support/until.ts';

const node = makeTestNode('maps', undo => t.teardown(undo));

/** Replaced together, if one of them is (pinned-maps.ts). */
const ASSURED_MAPS = [
  'hd_ct',
  'hd_ct_ring',
  'hd_ct_share',
  'hd_ct_aging',
] as const satisfies readonly MapName[];

/** As a build would have had it that gave its values other bytes. */
function pinShorter(name: MapName): void {
  const { type, keySize, valueSize, maxEntries, flags } = MAPS[name];
  using map = BpfMap.create({ name, type, keySize, valueSize: valueSize - 8, maxEntries, flags });
  replacePin(map, mapPin(node.pinRoot, name));
}

t.test('a stateful map of another layout is refused with every field that differs', t => {
  pinOldMaps(node.pinRoot, 'overlay_rx', { now: 'node_id', then: 'peer_id' }, ['hd_cidr']);
  pinShorter('hd_control');
  const before = openFdCount();
  t.throws(() => node.open(), {
    code: 'MAP_INCOMPATIBLE',
    message:
      /^the pinned hd_control has another layout \(value size: \d+, not \d+\), and its contents would be lost: 'heddlectl cleanup' discards them$/,
  });
  t.equal(openFdCount(), before, 'and nothing stays open');
  t.strictSame(
    readdirSync(join(node.pinRoot, 'maps')).sort(),
    ['hd_cidr', 'hd_control'],
    'nor is anything pinned',
  );
  t.throws(() => openPinnedMaps(node.pinRoot), { code: 'MAP_INCOMPATIBLE' }, 'readers refuse it too');
  unpin(mapPin(node.pinRoot, 'hd_control'));
  t.end();
});

t.test('a member under another name changes no byte', t => {
  pinOldMaps(node.pinRoot, 'pod_tx', { now: 'pod_id', then: 'pod_no' }, ['hd_endpoint', 'hd_iface']);
  const id = idAt(mapPin(node.pinRoot, 'hd_endpoint'));
  using opened = node.open();
  t.equal(opened.maps.hd_endpoint.info.id, id);
  t.end();
});

t.test('nor does a member of a key: flows stay where they are', t => {
  pinOldMaps(node.pinRoot, 'pod_tx', { now: 'source_port', then: 'sender_port' }, ASSURED_MAPS);
  const path = mapPin(node.pinRoot, 'hd_ct');
  const id = idAt(path);
  using opened = node.open();
  t.equal(opened.maps.hd_ct.info.id, id);
  t.strictSame(
    opened.changes.filter(({ subject }) => subject.startsWith('hd_ct')),
    [],
  );
  for (const name of ASSURED_MAPS) unpin(mapPin(node.pinRoot, name));
  t.end();
});

t.test(
  'a rebuildable map of another layout is made anew beside the old one, which serves until the links switch',
  t => {
    pinShorter('hd_endpoint');
    const path = mapPin(node.pinRoot, 'hd_endpoint');
    using opened = node.open();
    t.ok(
      opened.changes.some(
        ({ subject, action }) => subject === 'hd_endpoint' && action.includes('value size'),
      ),
    );
    t.equal(idAt(nextPin(path)), opened.maps.hd_endpoint.info.id);
    t.not(idAt(path), opened.maps.hd_endpoint.info.id);
    opened.reconcileLinks(node.links);
    t.equal(idAt(path), opened.maps.hd_endpoint.info.id, 'then the new one has its name');
    t.notOk(
      readdirSync(join(node.pinRoot, 'maps')).some(name => name.includes(':')),
      'and nothing waits any more',
    );
    t.strictSame(node.run(), []);
    t.end();
  },
);

t.test('another size in the configuration makes a rebuildable map anew under links that stay', t => {
  const links = linkIds();
  const changes = node.run({ mapSizes: { hd_route: 100 } });
  t.ok(changes.includes('hd_route made anew: max entries: 65536, not 100'));
  t.strictSame(linkIds({ mapSizes: { hd_route: 100 } }), links);
  t.strictSame(node.run({ mapSizes: { hd_route: 100 } }), []);
  t.end();
});

t.test('counters of another build, with fewer verdicts, begin anew', t => {
  const path = mapPin(node.pinRoot, 'hd_metrics');
  {
    const { type, keySize, valueSize } = MAPS.hd_metrics;
    using fewer = BpfMap.create({ name: 'hd_metrics', type, keySize, valueSize, maxEntries: 7 });
    replacePin(fewer, path);
  }
  const options = { mapSizes: { hd_route: 100 } };
  t.ok(node.run(options).includes(`hd_metrics made anew: max entries: 7, not ${MAPS.hd_metrics.maxEntries}`));
  t.strictSame(node.run(options), []);
  t.end();
});

t.test('a stateful map keeps its size, and what it holds', t => {
  using before = node.open();
  const id = before.maps.hd_ct.info.id;
  using after = node.open({ mapSizes: { hd_ct: 10 } });
  t.equal(after.maps.hd_ct.info.id, id);
  t.end();
});

t.test('what only an earlier version pinned is removed, its links detached', async t => {
  const folders = ['maps/hd_old', 'programs/old_tx', `links/${node.uplink.name}/old_tx`];
  const [map = '', program = '', link = ''] = folders.map(name => join(node.pinRoot, name));
  {
    using foreign = loadForeign('uplink_rx');
    foreign.map('hd_node').pin(map);
    foreign.program('uplink_rx').pin(program);
    using old = foreign
      .program('uplink_rx')
      .attachTcx({ ifindex: node.uplink.ifindex, direction: 'ingress' });
    old.pin(link);
  }
  const action = 'removed: an earlier version pinned it';
  t.strictSame(node.run({ mapSizes: { hd_route: 100 } }), [
    `${map} ${action}`,
    `${program} ${action}`,
    `${link} ${action}`,
  ]);
  t.ok(await until(() => linkIdsOn(node.uplink, 'ingress').length === 1), 'only ours is left');
});

function idAt(path: string): number {
  using map = BpfMap.openPinned(path);
  return map.info.id;
}

function linkIds(options = {}) {
  using opened = node.open(options);
  opened.reconcileLinks(node.links);
  return [...attached(opened)].flatMap(([place, { linkId }]) =>
    /^(forward|input|postrouting)/.test(place) ? [] : [place, linkId],
  );
}

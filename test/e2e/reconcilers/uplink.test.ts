// The uplink changes its name, goes, comes back as another device, and gets a second one beside it: rows and links follow,
// and no program is loaded anew.
import t from 'tap';
import { listAddresses, listLinks, listRoutes, openSocket } from 'rtnetlink';
import { IfaceKind } from '../../../loader/abi/abi.gen.ts';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { describeUplink } from '../../../loader/network/uplink.ts';
import type { NodeCells } from '../../../loader/reconcilers/node-cells.ts';
import { until } from '../../support/until.ts';
import { ip, type Started } from './node.ts';
import { assertNothingLost, assertWhole, node, stateOf, testWholeNode } from './whole-node.ts';

const { pinRoot } = node.config;

interface Uplinks {
  /** By hd_iface. */
  readonly rows: readonly number[];
  /** That uplink_rx is attached to. */
  readonly attached: readonly number[];
  /** That routes to other nodes leave by. */
  readonly routes: readonly number[];
}

function uplinksNow(): Uplinks {
  const maps = openPinnedMaps(pinRoot);
  try {
    const uplinks = [...maps.hd_iface.entries()].filter(([, { kind }]) => kind === IfaceKind.UPLINK);
    const leaving = [...maps.hd_route.entries()]
      .map(([, { ifindex }]) => ifindex)
      .filter(index => index !== 0);
    return {
      rows: uplinks.map(([{ ifindex }]) => ifindex).sort(),
      attached: listPinnedLinks(pinRoot)
        .filter(({ hook, linkId, ifindex }) => hook === 'uplink_rx' && linkId !== undefined && ifindex !== 0)
        .flatMap(({ ifindex }) => ifindex ?? [])
        .sort(),
      routes: [...new Set(leaving)],
    };
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}

function isSo(expected: Uplinks): Promise<boolean> {
  return until(() => JSON.stringify(uplinksNow()) === JSON.stringify(expected));
}

function programIds({ reconcilers }: Started): readonly string[] {
  return reconcilers.cells.programs.known.status().programs.map(({ hook, id }) => `${hook} ${id}`);
}

function indexOf(name: string): number {
  using socket = openSocket();
  return listLinks(socket).find(link => link.name === name)?.index ?? 0;
}

/** As before, or with an index of the kernel's choice. */
function plugIn(index?: number): void {
  const numbered = index === undefined ? '' : `index ${index} `;
  ip(`link add ${numbered}name eth0 type veth peer name wire`, 'address add 192.168.9.1/24 dev eth0');
  ip('link set eth0 up', 'link set wire up');
}

testWholeNode();

t.test('it gets another name, and its own again', async t => {
  await using started = node.start();
  await started.reconcilers.runner.firstSuccess();
  await assertWhole(t, started);
  const before = programIds(started);
  ip('link set eth0 name eth9');
  t.ok(await until(() => stateOf(started, 'uplinks') === 'failing'), 'no device has the name');
  assertNothingLost(t);
  ip('link set eth9 name eth0');
  await assertWhole(t, started);
  t.strictSame(programIds(started), before);
});

t.test('it goes, and comes back as another device', async t => {
  await using started = node.start();
  await started.reconcilers.runner.firstSuccess();
  await assertWhole(t, started);
  const [before, former] = [programIds(started), indexOf('eth0')];
  ip('link delete eth0');
  t.ok(await until(() => stateOf(started, 'uplinks') === 'failing'));
  assertNothingLost(t, /^uplink_[rt]x/);
  plugIn();
  const now = indexOf('eth0');
  t.not(now, former);
  t.ok(await isSo({ rows: [now], attached: [now], routes: [now] }), 'rows and links are of the new one');
  t.strictSame(programIds(started), before, 'over the same programs');
  ip('link delete eth0');
  plugIn(former);
  await assertWhole(t, started);
  t.strictSame(programIds(started), before);
});

t.test('a second one comes, and goes', async t => {
  ip('link add eth1 type veth peer name wire1', 'address add 192.168.8.1/24 dev eth1');
  ip('link set eth1 up', 'link set wire1 up');
  t.teardown(() => ip('link delete eth1'));
  const [first, second] = [indexOf('eth0'), indexOf('eth1')];
  let hasSecond = true;
  await using started = node.start({
    onSync: (name, cells) => {
      if (name === 'uplinks' && hasSecond) addUplink(cells, 'eth1');
    },
  });
  await started.reconcilers.runner.firstSuccess();
  const both = [first, second].sort();
  t.ok(await isSo({ rows: both, attached: both, routes: [first] }), 'it has a row and the program');
  const before = programIds(started);
  hasSecond = false;
  started.reconcilers.runner.requestFull('test', 0, 'uplinks');
  t.ok(await isSo({ rows: [first], attached: [first], routes: [first] }), 'and neither without it');
  hasSecond = true;
  started.reconcilers.runner.requestFull('test', 0, 'uplinks');
  t.ok(await isSo({ rows: both, attached: both, routes: [first] }));
  t.strictSame(programIds(started), before, 'over the same programs');
  hasSecond = false;
  started.reconcilers.runner.requestFull('test', 0, 'uplinks');
  await assertWhole(t, started);
});

/** One more in the cells, as if it were configured. */
function addUplink({ uplinks, neighbours }: NodeCells, name: string): void {
  using socket = openSocket();
  const links = listLinks(socket);
  const link = links.find(one => one.name === name);
  if (link === undefined) return;
  const state = { links, addresses: listAddresses(socket), routes: listRoutes(socket) };
  uplinks.set([...uplinks.known.slice(0, 1), describeUplink(link, state)]);
  neighbours.set([...neighbours.known.slice(0, 1), { gateways: new Map(), neighbours: new Map() }]);
}

// Tables in the kernel made like desired ones.
import { parseAddr, parseCidr, parseMac } from 'ip';
import t from 'tap';
import {
  EndpointKind,
  RouteKind,
  type Endpoint,
  type EndpointKey,
  type Route,
} from '../../../loader/abi/abi.gen.ts';
import { routeKey } from '../../../loader/tables/route-key.ts';
import { syncTable } from '../../../loader/tables/sync-table.ts';
import { makeTestNode } from './test-node.ts';

const ENDPOINTS = 50_000;
const node = makeTestNode('sync', undo => t.teardown(undo));
const opened = node.open({ mapSizes: { hd_route: 4 } });
t.teardown(() => opened[Symbol.dispose]());

const mac = parseMac('02:00:00:00:00:01');

function endpointRow(index: number): [EndpointKey, Endpoint] {
  const low = `${(index >> 8) & 0xff}.${index & 0xff}`;
  const addr = parseAddr(index % 2 === 0 ? `10.1.${low}` : `fd00::${index.toString(16)}`);
  const ids = { identity: [1, 1], nodeId: 1 + (index % 100), ifindex: 0, podId: 0, flags: 0 };
  return [
    { vni: 1, addr },
    { kind: EndpointKind.REMOTE_POD, ...ids, mac },
  ];
}

function routeRow(prefix: string): [ReturnType<typeof routeKey>, Route] {
  const nowhere = parseAddr('::');
  const route = { kind: RouteKind.OVERLAY, flags: 0, mtu: 1450, nodeId: 2, ifindex: 3, vtepMac: mac };
  return [routeKey(1, parseCidr(prefix)), { ...route, tunnel: nowhere, source: nowhere, nextHop: nowhere }];
}

/** Processor time: the machine may be busy with other tests. */
function timed<T>(action: () => T): [result: T, elapsedMs: number] {
  const start = process.cpuUsage();
  const result = action();
  const { user, system } = process.cpuUsage(start);
  return [result, (user + system) / 1000];
}

t.test(`${ENDPOINTS} endpoints are written, and found right in well under a second of processor time`, t => {
  const rows = Array.from({ length: ENDPOINTS }, (_, index) => endpointRow(index));
  const [filled, fillMs] = timed(() => syncTable(opened.maps.hd_endpoint, rows));
  t.strictSame(filled, { written: ENDPOINTS, deleted: 0, kept: 0 });
  const rounds = Array.from({ length: 3 }, () => timed(() => syncTable(opened.maps.hd_endpoint, rows)));
  for (const [same] of rounds) t.strictSame(same, { written: 0, deleted: 0, kept: ENDPOINTS });
  const bestMs = Math.min(...rounds.map(([, elapsedMs]) => elapsedMs));
  t.ok(bestMs < 1000, `${bestMs.toFixed(0)} ms to compare them, ${fillMs.toFixed(0)} ms to write them`);
  t.end();
});

t.test('only what differs is touched', t => {
  const rows = Array.from({ length: ENDPOINTS }, (_, index) => endpointRow(index));
  const [key, value] = endpointRow(7);
  rows[7] = [key, { ...value, nodeId: 4711 }];
  rows.pop();
  const done = syncTable(opened.maps.hd_endpoint, rows);
  t.strictSame(done, { written: 1, deleted: 1, kept: ENDPOINTS - 2 });
  t.equal(opened.maps.hd_endpoint.get(key)?.nodeId, 4711);
  t.notOk(opened.maps.hd_endpoint.has(endpointRow(ENDPOINTS - 1)[0]));
  t.end();
});

t.test('a full table makes room for new rows by the old ones that go', t => {
  const first = ['10.0.0.0/24', '10.0.1.0/24', 'fd00:1::/64', 'fd00:2::/64'];
  const second = ['10.0.2.0/24', '10.0.3.0/24', 'fd00:3::/64', 'fd00:4::/64'];
  syncTable(opened.maps.hd_route, first.map(routeRow));
  t.strictSame(syncTable(opened.maps.hd_route, second.map(routeRow)), { written: 4, deleted: 4, kept: 0 });
  t.strictSame(syncTable(opened.maps.hd_route, second.map(routeRow)), { written: 0, deleted: 0, kept: 4 });
  t.end();
});

t.test('rows that do not fit are refused with the name of the table', t => {
  const many = Array.from({ length: 5 }, (_, index) => routeRow(`10.9.${index}.0/24`));
  t.throws(() => syncTable(opened.maps.hd_route, many), {
    code: 'MAP_FULL',
    message: 'hd_route has room for 4 rows, and more are needed: raise its size',
  });
  t.end();
});

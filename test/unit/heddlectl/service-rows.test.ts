// Services as the maps have them: with names where these are known, and without.
import { parseAddr } from 'ip';
import t from 'tap';
import { drainingRows, serviceRows } from '../../../cmd/heddlectl/tables/service-rows.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { endpoint, inputOf, service, slice } from '../services/objects.ts';
import { ServiceWorld, VNI } from '../tables/service-maps.ts';

const NO_NAMES = { pods: new Map(), services: new Map(), nodes: new Map(), devices: new Map() };
const NAMES = {
  ...NO_NAMES,
  pods: new Map([['10.1.0.1', 'shop/web-1']]),
  services: new Map([['10.96.0.1', 'shop/web']]),
};

function mapsOf(world: ServiceWorld): MapSet {
  return world.maps as MapSet;
}

function world(): ServiceWorld {
  const world = new ServiceWorld();
  const going = endpoint('10.1.0.2', { isReady: false, isTerminating: true });
  const v6 = service({ name: 'six', clusterIps: [parseAddr('fd00::1')], affinityS: 60 });
  world.write(inputOf([v6, service()], [slice([endpoint('10.1.0.1'), going])]));
  return world;
}

t.test('of empty maps there are no rows', t => {
  const maps = mapsOf(new ServiceWorld());
  t.strictSame([serviceRows(maps, NAMES), drainingRows(maps, NAMES, 1)], [[], []]);
  t.end();
});

t.test('a Service is shown with its backends and names, IPv4 first', t => {
  const [first, second, ...more] = serviceRows(mapsOf(world()), NAMES);
  t.match(first, { service: 'shop/web', address: '10.96.0.1', port: 80, protocol: 'tcp', vni: VNI });
  t.strictSame(first?.backends, [{ address: '10.1.0.1', port: 8080, condition: 'ready', pod: 'shop/web-1' }]);
  t.match(second, { address: 'fd00::1', affinityS: 60, backendSet: 0, backends: [] });
  t.notOk(second !== undefined && 'service' in second, 'the daemon has not named it');
  t.strictSame(more, []);
  t.end();
});

t.test('without the daemon the rows are the same but for the names', t => {
  const [row] = serviceRows(mapsOf(world()), NO_NAMES);
  t.notOk(row !== undefined && 'service' in row);
  t.strictSame(row?.backends, [{ address: '10.1.0.1', port: 8080, condition: 'ready' }]);
  t.end();
});

t.test('backends that drain are those of the Service that was asked for', t => {
  const maps = mapsOf(world());
  const id = serviceRows(maps, NAMES)[0]?.id ?? 0;
  t.strictSame(drainingRows(maps, NAMES, id), [{ address: '10.1.0.2', port: 8080, condition: 'draining' }]);
  t.strictSame(drainingRows(maps, NAMES, id + 1), []);
  t.end();
});

t.test('a row is told as JSON with numbers as numbers', t => {
  const [row] = serviceRows(mapsOf(world()), NAMES);
  t.match(JSON.parse(JSON.stringify(row)), { id: row?.id, port: 80, backends: [{ port: 8080 }] });
  t.end();
});

t.test(
  'slots that were replaced meanwhile are unknown, and a backend without a state has no condition',
  t => {
    const changed = world();
    changed.raw.hd_backend_info.rows.clear();
    t.strictSame(serviceRows(mapsOf(changed), NO_NAMES)[0]?.backends, [{ address: '10.1.0.1', port: 8080 }]);
    changed.raw.hd_backend.rows.clear();
    t.strictSame(serviceRows(mapsOf(changed), NO_NAMES)[0]?.backends, [{ address: '?', port: 0 }]);
    t.end();
  },
);

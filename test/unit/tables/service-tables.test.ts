// The maps of Services: what is written before what, what waits for the grace period, what an error leaves.
import { parseAddr } from 'ip';
import t from 'tap';
import { ServiceCompiler } from '../../../loader/services/compiler.ts';
import { formerServices } from '../../../loader/tables/former-services.ts';
import { ServiceTables } from '../../../loader/tables/service-tables.ts';
import { endpoint, inputOf, service, slice } from '../services/objects.ts';
import { ServiceWorld, VNI } from './service-maps.ts';

const withBackend = (addr: string) => inputOf([service()], [slice([endpoint(addr)])]);
const FIRST = withBackend('10.1.0.1');
const SECOND = withBackend('10.1.0.2');
const NOTHING = inputOf([]);

/** Has compared once, so that the next one is incremental. */
function begun(capacity?: number): ServiceWorld {
  const world = new ServiceWorld(capacity);
  world.write(NOTHING);
  return world;
}

for (const mode of ['incremental', 'full'] as const)
  t.test(`${mode}: states come before lists, lists before the rows that name them`, async t => {
    const world = begun();
    t.equal(world.write(FIRST, mode), 3);
    t.strictSame(world.takeCalls(), ['set hd_backend_info', 'set hd_backend', 'set hd_service']);
    t.equal(world.write(NOTHING, mode), 0);
    t.strictSame(world.takeCalls(), [], 'nothing goes before the grace period');
    await world.graceOver();
    t.strictSame(world.takeCalls(), ['delete hd_service', 'delete hd_backend', 'delete hd_backend_info']);
    t.match(
      world.gone.map(set => set.backends),
      [[{ addr: '10.1.0.1', port: 8080 }]],
    );
    t.equal(world.deleted, 3);
  });

t.test('an incremental comparison in which nothing changed writes nothing, and a full one neither', t => {
  const world = begun();
  world.write(FIRST);
  world.takeCalls();
  t.equal(world.write(FIRST), 0);
  t.equal(world.write(FIRST, 'full'), 0);
  t.strictSame(world.takeCalls(), []);
  t.end();
});

t.test('an old list stays for the grace period, and what is replaced meanwhile for the next one', async t => {
  const world = begun();
  world.write(FIRST);
  world.write(SECOND);
  world.write(withBackend('10.1.0.3'));
  t.strictSame(world.sizes, [1, 3, 3]);
  await world.graceOver();
  t.strictSame(world.sizes, [1, 2, 2]);
  await world.graceOver();
  t.strictSame(world.sizes, [1, 1, 1]);
});

t.test('a list that has come back, and gone again, is told to be gone once its rows are', async t => {
  const world = begun();
  for (const input of [FIRST, SECOND, FIRST, SECOND]) world.write(input);
  await world.graceOver();
  t.strictSame([world.sizes, world.gone], [[1, 2, 2], []], 'the second grace period has just begun');
  await world.graceOver();
  t.strictSame(world.sizes, [1, 1, 1]);
  t.strictSame(
    world.gone.map(({ backends }) => backends[0]?.addr),
    ['10.1.0.1'],
  );
});

for (const [map, sizes] of [
  ['hd_backend_info', [0, 0, 0]],
  ['hd_backend', [0, 0, 1]],
  ['hd_service', [0, 1, 1]],
] as const)
  t.test(`an error of ${map} is thrown, and the next comparison reads the maps`, t => {
    const world = begun();
    world.raw[map].budget = 0;
    t.throws(() => world.write(FIRST), { code: 'EPERM' });
    t.strictSame(world.sizes, sizes);
    world.raw[map].budget = Infinity;
    world.raw.hd_service.rows.set(...strangeRow());
    t.ok(world.write(FIRST) > 0, 'incremental, as the runner asks');
    t.strictSame(world.sizes, [2, 1, 1]);
    t.end();
  });

t.test('rows that nobody wants go after an error, too', async t => {
  const world = begun();
  world.raw.hd_service.budget = 0;
  t.throws(() => world.write(FIRST), { code: 'EPERM' });
  world.raw.hd_service.budget = Infinity;
  world.raw.hd_service.rows.set(...strangeRow());
  world.write(SECOND);
  await world.graceOver();
  t.strictSame(world.sizes, [1, 1, 1]);
});

t.test('an error of a deletion is told, and the next comparison deletes', async t => {
  const world = begun();
  world.write(FIRST);
  world.raw.hd_backend.budget = 0;
  world.write(NOTHING);
  await world.graceOver();
  t.match(world.failures, [{ code: 'EPERM' }]);
  t.strictSame(world.sizes, [0, 1, 1]);
  world.raw.hd_backend.budget = Infinity;
  world.write(NOTHING);
  await world.graceOver();
  t.strictSame(world.sizes, [0, 0, 0]);
  t.equal(world.gone.length, 1, 'and its number is free then');
});

t.test('a full map says which setting is too small', t => {
  const world = begun(1);
  const two = slice([endpoint('10.1.0.1'), endpoint('10.1.0.2')]);
  t.throws(() => world.write(inputOf([service()], [two])), {
    code: 'MAP_FULL',
    message: /hd_backend_info has room for 1 rows/,
  });
  t.throws(() => world.write(inputOf([service()], [two]), 'full'), { code: 'MAP_FULL' });
  t.end();
});

t.test('what an earlier process left in a full map makes room at once', t => {
  const world = begun(1);
  world.write(FIRST);
  const next = new ServiceTables(world.maps, {
    ...{ vni: VNI, onGone: () => undefined, onDeleted: () => undefined, onFailure: () => undefined },
  });
  t.equal(next.sync(new ServiceCompiler().update(SECOND).ports, 'full'), 3);
  t.strictSame(world.sizes, [1, 1, 1]);
  t.end();
});

t.test('after its end it leaves the maps as they are', async t => {
  const world = begun();
  world.write(FIRST);
  world.write(NOTHING);
  world.tables[Symbol.dispose]();
  await world.graceOver();
  t.strictSame(world.sizes, [1, 1, 1]);
});

t.test('the next process finds the numbers of Services and of whole lists, in its own network', t => {
  const world = begun();
  const { ports } = world.compiler.update(FIRST);
  world.write(FIRST);
  const [frontend] = [...ports.values()].flat().flatMap(each => each.frontends);
  if (frontend === undefined) throw new Error('no frontend');
  const { idOf, sets } = formerServices(world.maps, VNI);
  t.equal(idOf(frontend), frontend.id);
  t.strictSame([...sets], [[frontend.set.number, [{ addr: '10.1.0.1', port: 8080 }]]]);
  t.equal(formerServices(world.maps, VNI + 1).idOf(frontend), undefined);
  const compiler = new ServiceCompiler(idOf);
  for (const [number, backends] of sets) compiler.sets.remember(number, backends);
  t.equal(world.tables.sync(compiler.update(FIRST).ports, 'full'), 0);
  t.end();
});

t.test('of a list that lost a slot there is no number', t => {
  const world = begun();
  world.write(inputOf([service()], [slice([endpoint('10.1.0.1'), endpoint('10.1.0.2')])]));
  const [first] = world.raw.hd_backend.rows.keys();
  if (first !== undefined) world.raw.hd_backend.rows.delete(first);
  t.equal(formerServices(world.maps, VNI).sets.size, 0);
  t.end();
});

/** Of a Service that the source does not have. */
function strangeRow(): [string, string] {
  const other = new ServiceWorld();
  other.write(inputOf([service({ name: 'strange', clusterIps: [parseAddr('10.96.0.99')] })]));
  const [row] = other.raw.hd_service.rows;
  if (row === undefined) throw new Error('no row');
  return row;
}

// Whatever changes in whatever order, and whatever fails half way: no row of hd_service leads nowhere, and in the end the maps
// have what one comparison with empty maps writes.
import t from 'tap';
import { ServiceTables } from '../../../loader/tables/service-tables.ts';
import { FailedWrite } from '../../support/text-map.ts';
import { randomOf } from '../services/random.ts';
import { RandomServices } from '../services/random-services.ts';
import { ServiceWorld, VNI } from './service-maps.ts';

const ROUNDS = 60;
const STEPS = 30;

for (let seed = 1; seed <= ROUNDS; seed++)
  t.test(`world ${seed}`, async t => {
    const random = randomOf(seed);
    const services = new RandomServices(seed);
    const world = new ServiceWorld();
    const problems = new Set<string>();
    for (const map of Object.values(world.raw))
      map.onWrite = () => {
        for (const problem of dangling(world)) problems.add(problem);
      };
    for (let step = 0; step < STEPS; step++) {
      fail(world, random(4) === 0 ? random(6) : Infinity);
      attempt(() => world.write(services.step(), random(5) === 0 ? 'full' : 'incremental'));
      if (random(3) === 0) await world.graceOver();
      for (const set of world.gone.splice(0))
        if (rowCount(world, set.number) > 0 && !world.compiler.sets.isHeld(set))
          problems.add(`list ${set.key} is told to be gone, and has rows`);
    }
    fail(world, Infinity);
    world.write(services.input);
    for (let grace = 0; grace < 3; grace++) await world.graceOver();
    t.strictSame([...problems], []);
    t.strictSame(rowsOf(world), rowsOf(atOnce(world, services)));
  });

function fail({ raw }: ServiceWorld, budget: number): void {
  for (const map of Object.values(raw)) map.budget = budget;
}

function attempt(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof FailedWrite)) throw error;
  }
}

/** The same numbers, in empty maps. */
function atOnce({ compiler }: ServiceWorld, services: RandomServices): ServiceWorld {
  const fresh = new ServiceWorld();
  const tables = new ServiceTables(fresh.maps, {
    ...{ vni: VNI, onGone: () => undefined, onDeleted: () => undefined, onFailure: () => undefined },
  });
  tables.sync(compiler.update(services.input).ports, 'full');
  return fresh;
}

function rowsOf({ raw }: ServiceWorld): unknown {
  return Object.values(raw).map(({ rows }) => [...rows].sort());
}

/** Rows of hd_service with a slot or a state missing. */
function* dangling({ maps }: ServiceWorld): Generator<string, void, undefined> {
  for (const [{ addr, port }, { id, backendSet, count }] of maps.hd_service.entries())
    for (let slot = 0; slot < count; slot++) {
      const backend = maps.hd_backend.get({ backendSet, slot });
      if (backend === undefined) yield `${addr}:${port} has no slot ${slot}`;
      else if (maps.hd_backend_info.get({ serviceId: id, ...backend }) === undefined)
        yield `${addr}:${port} has no state of ${backend.addr}`;
    }
}

function rowCount({ maps }: ServiceWorld, number: number): number {
  return [...maps.hd_backend.entries()].filter(([{ backendSet }]) => backendSet === number).length;
}

// Whatever comes in whatever order: the compiler that saw each step has what one has that sees only the end.
import t from 'tap';
import { ServiceCompiler } from '../../../loader/services/compiler.ts';
import type { CompiledServices } from '../../../loader/services/service-rows.ts';
import { RandomServices } from './random-services.ts';

const ROUNDS = 60;
const STEPS = 25;

for (let seed = 1; seed <= ROUNDS; seed++)
  t.test(`world ${seed}`, t => {
    const world = new RandomServices(seed);
    const compiler = new ServiceCompiler();
    let stepwise = compiler.update(world.input);
    for (let step = 0; step < STEPS; step++) stepwise = compiler.update(world.step());
    const atOnce = new ServiceCompiler().update(world.input);
    t.strictSame(plain(stepwise), plain(atOnce));
    t.end();
  });

function plain({ ports, vips, problems }: CompiledServices): unknown {
  return { ports: sorted(ports), vips: sorted(vips), problems };
}

function sorted<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

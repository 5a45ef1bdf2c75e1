import t from 'tap';
import { CompiledNodes } from '../../conformance/compiler-level.ts';
import { checkWorlds } from '../../support/policy/random/check-worlds.ts';
import { seedFrom, worldsFrom } from '../../support/policy/random/seed.ts';

/** `make worlds` plays more. */
const WORLDS = 200;

t.test('the compiled tables judge as the reference evaluator does, for the same reasons', t => {
  const at = { seed: seedFrom(process.env), worlds: worldsFrom(process.env, WORLDS) };
  const { worlds, rows, denied, failure } = checkWorlds(at, world => {
    const nodes = new CompiledNodes(world);
    return query => nodes.ask(query);
  });
  t.comment(`${worlds} worlds, ${rows} rows, ${denied} denied; SEED=${at.seed}`);
  t.equal(failure, undefined);
  if (at.worlds > 100) t.ok(denied > rows / 10 && denied < rows * 0.9, `${denied} of ${rows} denied`);
  t.end();
});

import t from 'tap';
import { evaluate } from '../../support/policy/reference/evaluate.ts';
import { queriesOf } from '../../support/policy/random/queries.ts';
import { Random } from '../../support/policy/random/random.ts';
import { randomWorld } from '../../support/policy/random/random-world.ts';
import { shrunkCase } from '../../support/policy/random/shrink.ts';
import type { Query, World } from '../../support/policy/world.ts';

const isDenied = (world: World, query: Query): boolean => !evaluate(world, query).allowed;

t.test('equal seeds make equal worlds, different ones different worlds', t => {
  const worlds = [1, 1, 2].map(seed => randomWorld(new Random(seed)));
  t.strictSame(worlds[0], worlds[1]);
  t.notSame(worlds[0], worlds[2]);
  t.end();
});

t.test('a world is shrunk to what makes it fail', t => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed);
    const world = randomWorld(random);
    const query = queriesOf(world, random).find(each => isDenied(world, each));
    if (query === undefined) continue;
    const small = shrunkCase({ world, query, name: 'small' }, isDenied, () => false);
    t.ok(isDenied(small, query), 'it still fails');
    t.equal(small.policies.length, 1, 'one policy is enough to deny');
    t.ok(small.pods.length <= 2, 'nobody is left but the two ends');
    t.strictSame(small.expect, [{ ...query, allowed: false }]);
  }
  t.end();
});

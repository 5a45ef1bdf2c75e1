import '../../support/bpf/own-netns.ts';
import t from 'tap';
import { WorldJudge } from '../../conformance/bpf/judge-worlds.ts';
import { checkWorld, checkWorlds, failureText } from '../../support/policy/random/check-worlds.ts';
import { editWorld } from '../../support/policy/random/edit.ts';
import { queriesOf } from '../../support/policy/random/queries.ts';
import { Random } from '../../support/policy/random/random.ts';
import { randomWorld } from '../../support/policy/random/random-world.ts';
import { seedFrom, worldsFrom } from '../../support/policy/random/seed.ts';

/** `make worlds` plays more. */
const WORLDS = 60;
const EDITED_WORLDS = 20;
const EDITS = 8;

const seed = seedFrom(process.env);
const judge = new WorldJudge();
t.teardown(() => judge[Symbol.dispose]());

t.test('the datapath judges as the reference evaluator does, for the same reasons', t => {
  const at = { seed, worlds: worldsFrom(process.env, WORLDS) };
  const { worlds, rows, denied, failure } = checkWorlds(at, judge.fromScratch);
  t.comment(`${worlds} worlds, ${rows} rows, ${denied} denied; SEED=${seed}`);
  t.equal(failure, undefined);
  t.end();
});

t.test('so it does after each change of a world in which packets run', async t => {
  let rows = 0;
  for (let i = 0; i < EDITED_WORLDS && t.passing(); i++) {
    const random = new Random(seed + i);
    let world = randomWorld(random);
    judge.fromScratch(world);
    for (let edit = 0; edit < EDITS && world.pods.length > 0; edit++) {
      world = editWorld(world, random);
      const checked = checkWorld(world, queriesOf(world, random), await judge.next(world));
      rows += checked.rows;
      const { differing } = checked;
      if (differing === undefined) continue;
      const text = failureText({ world, query: differing, seed: seed + i }, judge.fromScratch);
      t.fail(`edit ${edit} of SEED=${seed + i}\n${text}`);
      break;
    }
  }
  t.comment(`${rows} rows; SEED=${seed}`);
  t.pass();
});

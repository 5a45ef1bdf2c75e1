// `make soak` in short: a few faults, one and two at once, on the API server's stand-in. What they may not cost is not lost,
// and the nodes are ready with no problem left.
import '../../support/bpf/own-netns.ts';
import t from 'tap';
import { runSoak } from '../../soak/run.ts';
import { openApiServerSource } from '../../soak/sources/api-server-source.ts';
import { failuresOf } from '../../soak/table.ts';

t.setTimeout(900_000);

const SEED = 1;
const ROUNDS = 4;
/** The rounds end it. */
const MINUTES = 14;

const result = await runSoak({
  ...{ seed: SEED, sources: [openApiServerSource], nodes: 2, minutes: MINUTES, rounds: ROUNDS },
  isWanted: () => true,
  signal: new AbortController().signal,
  progress: text => t.comment(text),
});

t.test('nothing is lost, opened or left', t => {
  t.strictSame(failuresOf(result), []);
  t.equal(result.rounds.length, ROUNDS, 'every round was played');
  t.ok(
    result.rounds.every(({ packets }) => packets > 0),
    'traffic ran meanwhile',
  );
  t.end();
});

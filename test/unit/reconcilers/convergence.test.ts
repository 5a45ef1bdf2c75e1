// A reconciler whose writes are found undone each time is told of, compared less often, and told of once when it is over.
//
// Kind: what is read back differs from what was written. Examples: nft prints names where numbers were written, another
// program writes the same thing, the kernel rounds a value, a row that is not read in full.
import t, { type Test } from 'tap';
import { Cell } from '../../../loader/reconcilers/cell.ts';
import type { Change } from '../../../loader/model/change.ts';
import { Convergence } from '../../../loader/reconcilers/convergence.ts';
import type { Reconciler } from '../../../loader/reconcilers/reconciler.ts';
import { ReconcilerRunner } from '../../../loader/reconcilers/runner.ts';
import { until } from '../../support/until.ts';

const TABLE: Change = { subject: 'the table', action: 'written anew: its rules differed' };
const SENTENCE =
  /^the table \(written anew: its rules differed\): differs again each time that it was written/;

/** `isUndone`: whether the next comparison finds a difference. */
function started(t: Test, isUndone: () => boolean, more: Partial<Reconciler> = {}) {
  let changes: Change[] = [];
  const log: string[] = [];
  let runs = 0;
  const runner = new ReconcilerRunner({
    reconcilers: [
      {
        ...{ name: 'nft', needs: [], isNeededByPods: true },
        sync() {
          runs++;
          if (isUndone()) changes.push(TABLE);
          return [];
        },
        drainChanges: () => changes.splice(0),
        ...more,
      },
    ],
    timing: { fullIntervalMs: 600_000, retry: { firstMs: 20, maxMs: 100 }, failingPauseMs: 0 },
    onStart: () => undefined,
    onEnd: () => undefined,
    onProblems: (_, begun, ended) => log.push(...begun.map(one => `+${one}`), ...ended.map(one => `-${one}`)),
    onChange: () => undefined,
  });
  t.teardown(() => runner[Symbol.asyncDispose]());
  runner.start();
  t.teardown(() => (changes = []));
  return { runner, log, runs: () => runs };
}

t.test('it is a problem that begins once and ends once, and the node stays ready', async t => {
  let isUndone = true;
  const { runner, log, runs } = started(t, () => isUndone);
  const announcing = setInterval(() => runner.announce('nftables-own', 0), 1);
  const asking = setInterval(() => runner.requestFull('nftables', 0), 1);
  t.teardown(() => {
    clearInterval(asking);
    clearInterval(announcing);
  });
  t.ok(await until(() => runner.problems.length > 0));
  t.match(runner.problems, [SENTENCE]);
  t.equal(runner.failures.size, 0);
  t.ok(runner.isDiverging('the table'));
  const before = { runs: runs(), atMs: performance.now() };
  t.ok(await until(() => runs() >= before.runs + 5));
  t.ok(performance.now() - before.atMs > 100, 'it pauses, whatever announces');
  t.equal(log.length, 1);
  isUndone = false;
  t.ok(await until(() => runner.problems.length === 0), 'the end is noticed');
  t.match(log, [/^\+the table/, /^-the table/]);
});

t.test('without any announcement, it is compared again soon where it was suspicious', async t => {
  const { runner } = started(t, () => true);
  await runner.firstSuccess();
  runner.requestFull('interval', 0);
  t.ok(await until(() => runner.problems.length > 0), 'two writes in a row are confirmed');
});

t.test('new input is written at once, and is no sign of anything', async t => {
  const cell = new Cell<number>('nodes');
  cell.set(0);
  const { runner, runs } = started(t, () => true, { needs: [cell] });
  await runner.firstSuccess();
  for (let i = 1; i < 20; i++) {
    cell.set(i);
    t.ok(await until(() => runs() > i));
  }
  t.strictSame(runner.problems, []);
});

t.test('one subject that converges ends its own count', t => {
  const convergence = new Convergence();
  const other: Change = { subject: 'another', action: 'created' };
  const note = (...changes: readonly Change[]) => convergence.note({ changes, hasNewInput: false });
  for (let i = 0; i < 3; i++) note(TABLE, other);
  note(TABLE);
  t.match(convergence.problem, SENTENCE);
  t.notOk(convergence.isDiverging('another'));
  note(other);
  t.equal(convergence.problem, undefined);
  t.end();
});

t.test('a failed run neither counts nor ends it', async t => {
  let runsLeft = 8;
  const { runner } = started(t, () => true, {
    sync: () => {
      if (runsLeft-- > 0) throw new Error('no');
      return [];
    },
  });
  await runner.firstSuccess();
  t.strictSame(runner.problems, []);
});

import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Cell } from '../../../loader/reconcilers/cell.ts';
import type { Reconciler } from '../../../loader/reconcilers/reconciler.ts';
import type { SyncMode } from '../../../loader/tables/sync-mode.ts';
import { ReconcilerRunner } from '../../../loader/reconcilers/runner.ts';
import type { RunnerTiming } from '../../../loader/reconcilers/task.ts';
import { until } from '../../support/until.ts';

const NEVER: RunnerTiming = {
  fullIntervalMs: 600_000,
  retry: { firstMs: 600_000, maxMs: 600_000 },
  failingPauseMs: 0,
};

interface Seen {
  readonly name: string;
  readonly mode: SyncMode;
  readonly causes: readonly string[];
}

function runnerOf(t: Test, reconcilers: readonly Reconciler[], timing: Partial<RunnerTiming> = {}) {
  const runs: Seen[] = [];
  const problems: string[] = [];
  const runner = new ReconcilerRunner({
    reconcilers,
    timing: { ...NEVER, ...timing },
    onStart: (name, { mode, causes }) => runs.push({ name, mode, causes }),
    onEnd: () => undefined,
    onProblems: (name, begun, ended) => {
      problems.push(...begun.map(one => `${name}: ${one}`), ...ended.map(one => `${name} over: ${one}`));
    },
    onChange: () => undefined,
  });
  t.teardown(() => runner[Symbol.asyncDispose]());
  return { runner, runs, problems };
}

function reconciler(name: string, more: Partial<Reconciler> = {}): Reconciler {
  return { name, needs: [], isNeededByPods: true, sync: () => [], ...more };
}

t.test('at the start all run in full, in order, in one turn', async t => {
  const order: string[] = [];
  const one = (name: string) => reconciler(name, { sync: () => (order.push(name), []) });
  const { runner, runs } = runnerOf(t, [one('a'), one('b'), one('c')]);
  runner.start();
  await runner.firstSuccess();
  t.strictSame(order, ['a', 'b', 'c']);
  t.strictSame(runs[0], { name: 'a', mode: 'full', causes: ['start'] });
  t.strictSame([...runner.failures], []);
});

t.test('what needs an unknown value waits for it by name, and runs in full once it is known', async t => {
  const cell = new Cell<number>('uplinks');
  const { runner, runs } = runnerOf(t, [reconciler('a'), reconciler('b', { needs: [cell] })]);
  runner.start();
  t.ok(await until(() => runs.length === 1));
  t.match(runner.status()[1], { state: 'waiting', waitsFor: 'uplinks' });
  t.equal(runner.waiting, 'b waits for uplinks');
  cell.set(1);
  await runner.firstSuccess();
  t.strictSame(runs[1], { name: 'b', mode: 'full', causes: ['start', 'uplinks'] });
});

t.test('a value that one finds is there for the next in the same turn', async t => {
  const cell = new Cell<number>('found');
  let seen: number | undefined;
  const finder = reconciler('a', { sync: () => (cell.set(7), []) });
  const user = reconciler('b', { needs: [cell], sync: () => ((seen = cell.known), []) });
  const { runner, runs } = runnerOf(t, [finder, user]);
  runner.start();
  await runner.firstSuccess();
  t.equal(seen, 7);
  t.equal(runs.length, 2, 'each ran once');
});

t.test('causes that come together are one run, incremental; an equal value is no cause', async t => {
  const cell = new Cell<number>('nodes');
  cell.set(1);
  const { runner, runs } = runnerOf(t, [reconciler('a', { needs: [cell] })]);
  runner.start();
  await runner.firstSuccess();
  cell.set(1);
  cell.set(2);
  cell.set(3);
  t.ok(await until(() => runs.length === 2));
  t.strictSame(runs[1], { name: 'a', mode: 'incremental', causes: ['nodes'] });
  await sleep(50);
  t.equal(runs.length, 2);
});

t.test('an announcement makes those run in full whom it concerns, and nobody else', async t => {
  const { runner, runs } = runnerOf(t, [reconciler('a', { announcedBy: ['link'] }), reconciler('b')]);
  runner.start();
  await runner.firstSuccess();
  runner.announce('link', 0);
  t.ok(await until(() => runs.length === 3));
  t.strictSame(runs[2], { name: 'a', mode: 'full', causes: ['link'] });
});

t.test('one that fails is a problem that begins once and ends, and keeps no other from running', async t => {
  let isBroken = true;
  const broken = reconciler('a', {
    sync() {
      if (isBroken) throw new Error('no');
      return [];
    },
  });
  const retry = { firstMs: 5, maxMs: 10 };
  const { runner, runs, problems } = runnerOf(t, [broken, reconciler('b')], { retry });
  runner.start();
  t.ok(await until(() => runs.filter(({ name }) => name === 'a').length >= 4));
  t.equal(runs.filter(({ name }) => name === 'b').length, 1);
  t.ok(
    runs.every(({ name, mode }) => name === 'b' || mode === 'full'),
    'a retry reads everything',
  );
  t.strictSame([...runner.failures], [['a', 'no']]);
  t.strictSame(problems, ['a: no']);
  isBroken = false;
  await runner.firstSuccess();
  t.strictSame(problems, ['a: no', 'a over: no']);
  t.match(runner.status()[0], { state: 'ok', problems: [] });
  t.ok((runner.status()[0]?.failures ?? 0) >= 4);
});

t.test('later failures count for readiness by whether pods need it; rows that are wrong do not', async t => {
  const wrong = new Set<string>();
  const one = (name: string, isNeededByPods: boolean) =>
    reconciler(name, {
      isNeededByPods,
      sync() {
        if (wrong.has(name)) throw new Error(`${name} fails`);
        return wrong.has(`row of ${name}`) ? ['a row'] : [];
      },
    });
  const { runner } = runnerOf(t, [one('needed', true), one('other', false)]);
  runner.start();
  await runner.firstSuccess();
  wrong.add('other').add('row of needed');
  runner.requestFull('test', 0);
  t.ok(await until(() => runner.problems.length === 2));
  t.strictSame(runner.problems, ['a row', 'other fails']);
  t.strictSame([...runner.failures], []);
  wrong.add('needed');
  runner.requestFull('test', 0);
  t.ok(await until(() => runner.failures.size > 0));
  t.strictSame([...runner.failures], [['needed', 'needed fails']]);
});

t.test(
  'one that answers a promise goes on after the turn, is never run twice at once, and is waited for',
  async t => {
    let inside = 0;
    let most = 0;
    const cell = new Cell<number>('nodes');
    cell.set(0);
    const slow = reconciler('a', {
      needs: [cell],
      async sync() {
        most = Math.max(most, ++inside);
        await sleep(20);
        inside--;
        return [];
      },
    });
    const { runner, runs } = runnerOf(t, [slow, reconciler('b')]);
    runner.start();
    t.ok(await until(() => runs.length === 2), 'the next does not wait for it');
    for (let i = 1; i < 5; i++) cell.set(i);
    await runner.firstSuccess();
    t.ok(await until(() => runs.length === 3), 'causes that came meanwhile are one more run');
    await runner[Symbol.asyncDispose]();
    t.equal(inside, 0);
    t.equal(most, 1);
  },
);

t.test('a run comes by itself after the interval, and drift is a cause by name', async t => {
  let isDrifting = false;
  const drifting = reconciler('a', { detectDrift: () => (isDrifting ? ['the pin'] : []) });
  const { runner, runs } = runnerOf(t, [drifting], { fullIntervalMs: 30 });
  runner.start();
  t.ok(await until(() => runs.length >= 3));
  t.match(runs[1], { mode: 'full', causes: ['interval'] });
  isDrifting = true;
  t.ok(await until(() => runs.some(({ causes }) => causes.includes('drift: the pin'))));
});

// Kind: the status lags behind what mends it. Examples: a foreign CNI configuration moved away, a plugin's bits set again, sysctls.
t.test('one that fails is run again when its drift looks otherwise, and not while it does not', async t => {
  let foreign: readonly string[] = ['05-other.conflist'];
  const one = reconciler('cni-files', {
    sync() {
      if (foreign.length > 0) throw new Error(foreign.join());
      return [];
    },
    detectDrift: () => foreign,
  });
  const { runner, runs } = runnerOf(t, [one]);
  runner.start();
  t.ok(await until(() => runner.failures.has('cni-files')));
  await sleep(2_200); // two looks
  t.equal(runs.length, 1, 'the same as when it failed');
  foreign = ['04-third.conflist'];
  t.ok(await until(() => runner.failures.get('cni-files') === '04-third.conflist'));
  foreign = [];
  await runner.firstSuccess();
  t.strictSame(
    runs.map(({ causes }) => causes.at(-1)),
    ['start', 'drift: what it failed for', 'drift: what it failed for'],
  );
});

t.test('one with problems is run again when they may be over, one without is not', async t => {
  let problems = ['the interface hd1 is gone'];
  const one = reconciler('pods', { sync: () => problems });
  const { runner, runs, problems: seen } = runnerOf(t, [one, reconciler('tables')]);
  runner.start();
  await runner.firstSuccess();
  problems = [];
  for (const name of ['pods', 'tables', 'none of them']) runner.recheck(name, 'DEL');
  t.ok(await until(() => seen.includes('pods over: the interface hd1 is gone')));
  t.strictSame(runs.slice(2), [{ name: 'pods', mode: 'full', causes: ['DEL'] }]);
});

t.test('between two starts lies the least interval, whatever is asked', async t => {
  const starts: number[] = [];
  const one = reconciler('a', { minIntervalMs: 100, sync: () => (starts.push(performance.now()), []) });
  const { runner } = runnerOf(t, [one]);
  runner.start();
  await runner.firstSuccess();
  const asking = setInterval(() => runner.requestFull('test', 0), 5);
  t.ok(await until(() => starts.length === 4));
  clearInterval(asking);
  for (const [i, at] of starts.entries()) if (i > 0) t.ok(at - (starts[i - 1] ?? 0) >= 99, `run ${i}`);
});

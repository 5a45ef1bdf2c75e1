import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createTrigger, type TriggerOptions } from '../../../loader/reconcile/trigger.ts';

function recorder(overrides: Partial<TriggerOptions> = {}) {
  const runs: (readonly string[])[] = [];
  const errors: unknown[] = [];
  const trigger = createTrigger({
    run: causes => {
      runs.push(causes);
      return Promise.resolve();
    },
    onError: error => errors.push(error),
    intervalMs: 60_000,
    retryMs: 5,
    ...overrides,
  });
  return { trigger, runs, errors };
}

t.test('causes that come together are answered by one run', async t => {
  const { trigger, runs } = recorder();
  trigger.request('link', 5);
  trigger.request('route', 5);
  trigger.request('link', 5);
  await sleep(50);
  t.strictSame(runs, [['link', 'route']]);
  trigger[Symbol.dispose]();
});

t.test('a run without a cause comes after the interval', async t => {
  const { trigger, runs } = recorder({ intervalMs: 10 });
  await sleep(30);
  t.strictSame(runs, [], 'none before the first that was asked for: nobody knows yet what there is');
  await trigger.runNow('start');
  await sleep(60);
  t.ok(runs.length >= 3, `expected at least 3 runs, got ${runs.length}`);
  t.strictSame(runs.slice(0, 2), [['start'], ['interval']]);
  trigger[Symbol.dispose]();
});

t.test('a failed run is reported, and tried again with the same causes', async t => {
  const seen: (readonly string[])[] = [];
  const { trigger, errors } = recorder({
    run: causes => {
      seen.push(causes);
      return seen.length === 1 ? Promise.reject(new Error('no')) : Promise.resolve();
    },
  });
  trigger.request('pods', 5);
  await sleep(60);
  t.strictSame(seen, [['pods'], ['pods']]);
  t.equal(errors.length, 1);
  trigger[Symbol.dispose]();
});

t.test('what goes on failing is tried ever less often, at most once in an interval', async t => {
  const { trigger, errors } = recorder({
    run: () => Promise.reject(new Error('no')),
    intervalMs: 400,
    retryMs: 10,
  });
  trigger.request('pods', 0);
  await sleep(300);
  // at 0, 10, 30, 70, 150 and 310 ms; without backing off there would be 30
  t.ok(errors.length >= 2 && errors.length <= 5, `tried ${errors.length} times`);
  trigger[Symbol.dispose]();
});

t.test('two runs never overlap', async t => {
  let inside = 0;
  let most = 0;
  const { trigger } = recorder({
    run: async () => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(5);
      inside -= 1;
    },
  });
  await Promise.all([trigger.runNow('a'), trigger.runNow('b'), trigger.runNow('c')]);
  t.equal(most, 1);
  trigger[Symbol.dispose]();
});

t.test('runNow settles with the outcome of its own run', async t => {
  const { trigger } = recorder({ run: () => Promise.reject(new Error('refused')) });
  await t.rejects(trigger.runNow('start'), { message: 'refused' });
  trigger[Symbol.dispose]();
});

t.test('after disposal nothing runs any more', async t => {
  const { trigger, runs } = recorder();
  trigger.request('late', 5);
  trigger[Symbol.dispose]();
  await sleep(30);
  t.strictSame(runs, []);
});

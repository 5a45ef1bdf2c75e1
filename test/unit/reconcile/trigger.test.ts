import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createTrigger, type TriggerOptions } from '../../../loader/reconcile/trigger.ts';
import { until } from '../../support/until.ts';

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
  await until(() => runs.length > 0);
  await sleep(50);
  t.strictSame(runs, [['link', 'route']]);
  trigger[Symbol.dispose]();
});

t.test('a run without a cause comes after the interval', async t => {
  const { trigger, runs } = recorder({ intervalMs: 10 });
  await sleep(30);
  t.strictSame(runs, [], 'none before the first that was asked for: nobody knows yet what there is');
  await trigger.runNow('start');
  t.ok(await until(() => runs.length >= 3), 'again and again');
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
  await until(() => seen.length >= 2);
  await sleep(50);
  t.strictSame(seen, [['pods'], ['pods']]);
  t.equal(errors.length, 1);
  trigger[Symbol.dispose]();
});

t.test('what goes on failing is tried ever less often, at most once in an interval', async t => {
  const times: number[] = [];
  const { trigger } = recorder({
    run: () => {
      times.push(performance.now());
      return Promise.reject(new Error('no'));
    },
    intervalMs: 400,
    retryMs: 10,
  });
  trigger.request('pods', 0);
  // At 0, 10, 30, 70, 150, 310, 630 and 1,030 ms; a busy machine is late, never early.
  t.ok(await until(() => times.length >= 8), 'again and again');
  const passedMs = (times[7] ?? 0) - (times[0] ?? 0);
  t.ok(passedMs > 900, `eight times within ${passedMs} ms`);
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

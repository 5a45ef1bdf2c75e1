// Turns: calls for one container one after the other, for all of them alone.
import { setImmediate as tick } from 'node:timers/promises';
import t from 'tap';
import { KeyedMutex } from '../../../loader/async/keyed-mutex.ts';

/** A task that writes when it begins and, once released, when it ends. */
function task(log: string[], name: string) {
  let release: () => void = () => undefined;
  const released = new Promise<void>(resolve => (release = resolve));
  const run = async (): Promise<string> => {
    log.push(`${name} begins`);
    await released;
    log.push(`${name} ends`);
    return name;
  };
  return { run, release: () => release() };
}

t.test('the same key waits, another does not', async t => {
  const log: string[] = [];
  const turns = new KeyedMutex();
  const [a1, a2, b] = [task(log, 'a1'), task(log, 'a2'), task(log, 'b')];
  const all = [turns.run('a', a1.run), turns.run('a', a2.run), turns.run('b', b.run)];
  await tick();
  t.strictSame(log, ['a1 begins', 'b begins']);
  a2.release();
  b.release();
  a1.release();
  t.strictSame(await Promise.all(all), ['a1', 'a2', 'b']);
  t.ok(log.indexOf('a2 begins') > log.indexOf('a1 ends'));
});

t.test('a failure is its own caller’s, and the next has its turn all the same', async t => {
  const turns = new KeyedMutex();
  const failing = turns.run('a', () => Promise.reject(new Error('broken')));
  const next = turns.run('a', () => Promise.resolve('fine'));
  await t.rejects(failing, { message: 'broken' });
  t.equal(await next, 'fine');
});

t.test('a lone task waits for all, and all wait for it', async t => {
  const log: string[] = [];
  const turns = new KeyedMutex();
  const [a, gc, b] = [task(log, 'a'), task(log, 'gc'), task(log, 'b')];
  const all = [turns.run('a', a.run), turns.runExclusive(gc.run), turns.run('b', b.run)];
  await tick();
  t.strictSame(log, ['a begins']);
  a.release();
  await all[0];
  await tick();
  t.strictSame(log.slice(2), ['gc begins']);
  gc.release();
  b.release();
  await Promise.all(all);
  t.strictSame(log.slice(2), ['gc begins', 'gc ends', 'b begins', 'b ends']);
});

t.test('a lone task that fails does not hold up the rest', async t => {
  const turns = new KeyedMutex();
  await t.rejects(
    turns.runExclusive(() => Promise.reject(new Error('broken'))),
    { message: 'broken' },
  );
  t.equal(await turns.run('a', () => Promise.resolve('fine')), 'fine');
});

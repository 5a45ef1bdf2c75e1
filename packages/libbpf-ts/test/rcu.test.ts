import { performance } from 'node:perf_hooks';
import t from 'tap';
import { synchronizeRcu, synchronizeRcuSync } from '../src/index.ts';

t.test('a grace period ends, and the event loop runs meanwhile', async t => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  for (let i = 0; i < 20; i++) await synchronizeRcu();
  clearInterval(timer);
  t.ok(turns > 0);
});

t.test('several at once all end', async t => {
  const ended = await Promise.all(Array.from({ length: 8 }, () => synchronizeRcu()));
  t.equal(ended.length, 8);
});

t.test('the blocking one has ended when it returns', t => {
  const before = performance.now();
  synchronizeRcuSync();
  t.ok(performance.now() > before);
  t.end();
});

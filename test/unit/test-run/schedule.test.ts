import t from 'tap';
import { longestFirst, runScheduled } from '../../../scripts/test-run/schedule.ts';

t.test('new files come first, then the longest', t => {
  const order = longestFirst(['short', 'new', 'long', 'newer'], { short: 1, long: 60 });
  t.strictSame(order, ['new', 'newer', 'long', 'short']);
  t.end();
});

t.test('every file runs once, and more than one at a time', async t => {
  const files = Array.from({ length: 20 }, (_, i) => `file ${i}`);
  const [ran, running] = [new Array<string>(), new Set<string>()];
  let most = 0;
  await runScheduled(files, async file => {
    running.add(file);
    most = Math.max(most, running.size);
    await new Promise(resolve => setImmediate(resolve));
    running.delete(file);
    ran.push(file);
  });
  t.strictSame(ran.sort(), [...files].sort());
  t.ok(most >= 1);
});

t.test('a failure of the runner itself ends it', async t => {
  await t.rejects(
    runScheduled(['only'], () => Promise.reject(new Error('no such bundle'))),
    /no such bundle/,
  );
});

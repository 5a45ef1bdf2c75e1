// HEDDLE_LAB_PATIENCE multiplies every limit of a lab.
import t from 'tap';
import { labLimits, patience } from '../../../lab/limits.ts';

t.test('without it, the limits are as the table has them', t => {
  t.equal(patience({}), 1);
  t.equal(patience({ HEDDLE_LAB_PATIENCE: '' }), 1);
  t.equal(labLimits({}).daemonReady, 60_000);
  t.end();
});

t.test('every limit is multiplied by it, to whole milliseconds', t => {
  const single = labLimits({});
  for (const [name, limitMs] of Object.entries(labLimits({ HEDDLE_LAB_PATIENCE: '2.5' })))
    t.equal(limitMs, single[name as keyof typeof single] * 2.5, name);
  t.ok(Number.isInteger(labLimits({ HEDDLE_LAB_PATIENCE: '1.00001' }).plugin));
  t.end();
});

t.test("the largest stays within what the daemon's podWaitMs and the plugin's timeoutSeconds take", t => {
  const longest = labLimits({ HEDDLE_LAB_PATIENCE: '10' });
  t.ok(longest.podObject <= 600_000);
  t.ok(longest.plugin <= 600_000);
  t.end();
});

t.test('what is not a factor is refused with one sentence', t => {
  for (const text of ['0', '0.5', '11', '-2', 'long', 'NaN', '1e9'])
    t.throws(
      () => patience({ HEDDLE_LAB_PATIENCE: text }),
      new RangeError(`HEDDLE_LAB_PATIENCE cannot be '${text}': use a number from 1 to 10`),
    );
  t.end();
});

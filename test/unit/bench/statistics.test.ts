import t from 'tap';
import { median, percentile, spread } from '../../bench/statistics.ts';

t.test('the median is the middle one, or lies between the two middle ones', t => {
  t.equal(median([3]), 3);
  t.equal(median([5, 1, 3]), 3);
  t.equal(median([4, 1, 3, 2]), 2.5);
  t.throws(() => median([]), { message: 'there is nothing to take a median of' });
  t.end();
});

t.test('a percentile is a value that was measured', t => {
  const values = Array.from({ length: 200 }, (_, i) => 200 - i);
  t.equal(percentile(values, 50), 100);
  t.equal(percentile(values, 99), 198);
  t.equal(percentile(values, 100), 200);
  t.equal(percentile([7], 99), 7);
  t.end();
});

t.test('the spread goes from the smallest to the largest, and leaves the values as they are', t => {
  const values = [2, 9, 1];
  t.strictSame(spread(values), [1, 9]);
  t.strictSame(values, [2, 9, 1]);
  t.end();
});

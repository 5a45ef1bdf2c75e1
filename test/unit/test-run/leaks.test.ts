import t from 'tap';
import { leaksSince } from '../../../scripts/test-run/leaks.ts';

t.test('a leak is what was not there before, or is another value', t => {
  const before = new Set(['pin maps.debug', 'switch /sys/kernel/rcu_expedited at 0']);
  const now = new Set(['pin heddle', 'switch /sys/kernel/rcu_expedited at 1']);
  t.strictSame(leaksSince(before, now), ['pin heddle', 'switch /sys/kernel/rcu_expedited at 1']);
  t.strictSame(leaksSince(before, before), []);
  t.end();
});

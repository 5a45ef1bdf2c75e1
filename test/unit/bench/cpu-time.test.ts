import t from 'tap';
import { busySecondsIn } from '../../bench/net/cpu-time.ts';

t.test('idle, waiting and stolen time is not busy', t => {
  const stat = 'cpu  100 10 200 5000 300 7 83 900 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n';
  t.equal(busySecondsIn(stat), 4);
  t.end();
});

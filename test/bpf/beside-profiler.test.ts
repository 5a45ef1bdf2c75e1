// A profiler sends a signal each 100 µs, and the verifier gives up at any: the programs load all the same.
import { Session } from 'node:inspector/promises';
import t from 'tap';
import { measureComplexity } from '../support/bpf/complexity.ts';

const INTERVAL_US = 100;

t.test('all programs load while a profiler runs', async t => {
  const session = new Session();
  session.connect();
  t.teardown(() => session.disconnect());
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  await session.post('Profiler.start');
  const { programs } = measureComplexity();
  const { profile } = await session.post('Profiler.stop');
  t.ok(Object.values(programs).every(({ verifiedInstructions }) => verifiedInstructions > 0));
  t.ok((profile.samples ?? []).length > 0, 'it ran');
});

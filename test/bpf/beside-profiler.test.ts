// A profiler sends a signal each 100 µs, and the verifier gives up at any: the programs load all the same.
import { Session } from 'node:inspector/promises';
import { listLinks, openSocket } from 'rtnetlink';
import t from 'tap';
import { openBench } from '../support/bpf/bench.ts';
import { measureComplexity } from '../support/bpf/complexity.ts';

const INTERVAL_US = 100;
const RUNS = 50;
const REPEAT = 10_000;

/** Each longer than the profiler's interval. */
function testRunOften(): number {
  using bench = openBench('pod_tx');
  const data = Buffer.alloc(64);
  const run = (): unknown => bench.object.program('pod_tx').testRun({ data, repeat: REPEAT }).returnValue;
  return Array.from({ length: RUNS }, run).filter(value => value !== undefined).length;
}

t.test('all programs load, and what else asks the kernel is answered, while a profiler runs', async t => {
  const session = new Session();
  session.connect();
  t.teardown(() => session.disconnect());
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  await session.post('Profiler.start');
  const { programs } = measureComplexity();
  using socket = openSocket();
  const loopback = Array.from({ length: 500 }, () => listLinks(socket).some(({ name }) => name === 'lo'));
  const runs = testRunOften();
  const { profile } = await session.post('Profiler.stop');
  t.ok(Object.values(programs).every(({ verifiedInstructions }) => verifiedInstructions > 0));
  t.ok(loopback.every(Boolean), 'netlink dumps are whole');
  t.equal(runs, RUNS, 'runs of a program');
  t.ok((profile.samples ?? []).length > 0, 'it ran');
});

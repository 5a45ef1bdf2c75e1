// `lab up` interrupted in any of its steps leaves nothing, not even killed outright once somebody takes the lab down.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { labDown } from '../../../lab/down.ts';
import { outcomeOf, startHeddlectl } from '../../support/heddlectl.ts';
import { labName } from '../../support/lab.ts';
import { tracesOf } from '../../support/traces.ts';

const STEPS = ['namespaces', 'daemons', 'pods'];
/** Long enough a last step to be interrupted. */
const PODS = '40';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  for (const step of STEPS) {
    t.test(`${signal} in the step '${step}' takes down what was up`, async t => {
      const name = labName();
      t.teardown(() => labDown(name));
      const up = startHeddlectl('lab', 'up', '--name', name, '--pods', PODS);
      const ended = outcomeOf(up);
      await said(up, step);
      await sleep(50);
      up.kill(signal);
      const { code, stderr } = await ended;
      t.equal(code, 1);
      t.match(stderr, new RegExp(`heddlectl: interrupted by ${signal}: the lab was removed\n$`));
      t.strictSame(tracesOf(name), []);
    });
  }
}

t.test('what SIGKILL leaves behind, lab down finds', async t => {
  const name = labName();
  t.teardown(() => labDown(name));
  const up = startHeddlectl('lab', 'up', '--name', name, '--pods', PODS);
  const ended = outcomeOf(up);
  await said(up, 'pods');
  up.kill('SIGKILL');
  await ended;
  t.not(tracesOf(name).length, 0, 'there is something to find');
  await labDown(name);
  t.strictSame(tracesOf(name), []);
});

/** Settles when it has printed the step. */
async function said(up: ChildProcess, step: string): Promise<void> {
  let text = '';
  while (!text.includes(step)) {
    const [chunk] = (await once(up.stderr ?? up, 'data')) as [Buffer];
    text += chunk.toString();
  }
}

// A lab comes and goes without a trace.
import t from 'tap';
import { labDown } from '../../../lab/down.ts';
import { DEFAULT_OPTIONS } from '../../../lab/plan.ts';
import { findLab, listLabs } from '../../../lab/registry.ts';
import { labUp } from '../../../lab/up.ts';
import { ping } from '../../support/traffic.ts';
import { labName } from '../../support/lab.ts';
import { machineState, tracesOf } from '../../support/traces.ts';

t.test('a lab is found by its name while it is up, and leaves nothing when it is down', async t => {
  const name = labName();
  t.teardown(() => labDown(name));
  const before = machineState();
  const steps: string[] = [];
  const lab = await labUp(
    { ...DEFAULT_OPTIONS, name, podsPerNode: 1 },
    { progress: s => void steps.push(s) },
  );

  t.strictSame(steps, ['namespaces and underlay of 2 nodes', '2 daemons', '2 pods'], 'it tells its steps');
  t.strictSame(findLab(name), lab, 'another process finds the same');
  t.ok(listLabs().some(one => one.options.name === name));
  t.ok(await ping(lab.nodes[0]?.netns ?? '', lab.outside.addresses[0] ?? ''), 'nodes reach the host outside');

  await labDown(name);
  t.strictSame(tracesOf(name), []);
  t.strictSame(machineState(), before, 'and the machine is as before');
  t.equal(findLab(name), undefined);
});

t.test('taking down what is not up does nothing', async t => {
  await t.resolves(labDown(labName()));
});

t.test('a name is taken once', async t => {
  const name = labName();
  t.teardown(() => labDown(name));
  const options = { ...DEFAULT_OPTIONS, name, nodes: 1, podsPerNode: 0 };
  await labUp(options);
  await t.rejects(labUp(options), {
    message: `a lab named '${name}' is there already: 'heddlectl lab down ${name}' takes it down`,
  });
  t.ok(findLab(name), 'and the first one stays up');
});

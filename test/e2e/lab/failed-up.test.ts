// A lab that cannot come up says why, with the daemon's own words, and is gone.
import t from 'tap';
import { labDown } from '../../../lab/down.ts';
import { DEFAULT_OPTIONS } from '../../../lab/plan.ts';
import { labUp } from '../../../lab/up.ts';
import { labName } from '../../support/lab.ts';
import { tracesOf } from '../../support/traces.ts';

t.test('a daemon that refuses its configuration is quoted', async t => {
  const name = labName();
  t.teardown(() => labDown(name));
  const options = { ...DEFAULT_OPTIONS, name, nodes: 1, config: { mtu: 17 } };
  await t.rejects(labUp(options), { message: /the daemon of n1 did not become ready.*\n.*mtu/s });
  t.strictSame(tracesOf(name), []);
});

for (const [what, change, sentence] of [
  [
    'a name with a dash',
    { name: 'a-b' },
    "--name cannot be 'a-b': use 1 to 16 lower-case letters and digits",
  ],
  ['no nodes', { nodes: 0 }, '--nodes cannot be 0: a lab has 1 to 200 nodes'],
] as const) {
  t.test(`${what} is refused in one sentence`, async t => {
    await t.rejects(labUp({ ...DEFAULT_OPTIONS, name: labName(), ...change }), { message: sentence });
  });
}

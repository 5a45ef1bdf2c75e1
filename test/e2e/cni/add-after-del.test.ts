// A DEL is answered before its device is gone: whatever follows at once finds room, and nothing stays behind.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { killDaemon, startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import type { PodPlan } from '../../../lab/plan.ts';
import { hostInterfaceName } from '../../../loader/pods/host-interface.ts';
import { mustExec, testLab } from '../../support/lab.ts';
import { newPod, refusalOf, replacePodCidr } from '../../support/new-pod.ts';

t.setTimeout(600_000);

const ROUNDS = 10;
/** Of a prefix of 8 addresses: those of the network, the node and the broadcast are nobody's. */
const ROOM = 5;

const lab = await testLab(t, {
  nodes: 1,
  podsPerNode: 0,
  families: 'ipv4',
  config: { ipam: { reuseDelaySeconds: 0 } },
});
const node = nodeNamed(lab, 'n1');
const records = join(node.stateDir, 'attachments');

const call = (command: string, pod: PodPlan, ips?: readonly string[]): Promise<string> =>
  refusalOf(command, node, pod, ips);

t.test('the same container is added and deleted in turn', async t => {
  const pod = newPod(lab, 1);
  for (let round = 0; round < ROUNDS; round++) {
    t.equal(await call('ADD', pod), '');
    t.match(await mustExec(pod, 'ip', '-br', 'link', 'show', 'eth0'), /UP/);
    t.equal(await call('DEL', pod), '');
  }
});

t.test('another container has the namespace of the one before', async t => {
  const pod = newPod(lab, 2);
  for (let round = 0; round < ROUNDS; round++) {
    const next = { ...pod, containerId: `${pod.containerId}-${round}` };
    t.equal(await call('ADD', next), '');
    t.equal(await call('DEL', next), '');
  }
});

t.test('another container asks for the address of the one before', async t => {
  const pods = [newPod(lab, 3), newPod(lab, 4)];
  for (let round = 0; round < ROUNDS; round++)
    for (const pod of pods) {
      t.equal(await call('ADD', pod, ['10.244.1.77']), '');
      t.equal(await call('DEL', pod), '');
    }
});

for (const [how, end, number] of [
  ['killed', killDaemon, 5],
  ['stopped', stopDaemon, 9],
] as const)
  t.test(
    `a daemon that is ${how} right after the answers leaves nothing, at the latest at its next start`,
    async t => {
      const pods = [0, 1, 2, 3].map(i => newPod(lab, number + i));
      for (const pod of pods) t.equal(await call('ADD', pod), '');
      const answers = await Promise.all(pods.map(pod => call('DEL', pod)));
      await end(node);
      t.strictSame(answers, ['', '', '', '']);
      if (how === 'stopped') t.strictSame(readdirSync(records), [], 'it has waited for the devices');
      startDaemon(node);
      await waitForDaemon(node);
      t.strictSame(readdirSync(records), []);
      const links = await mustExec(node, 'ip', '-br', 'link');
      for (const pod of pods) {
        t.notMatch(links, hostInterfaceName(pod));
        t.notOk(existsSync(join(node.pinRoot, 'links', hostInterfaceName(pod))));
      }
    },
  );

t.test('on a full node, the next container has the address of one whose DEL was just answered', async t => {
  await replacePodCidr(lab, node, '10.244.9.0/29');
  const pods = Array.from({ length: ROOM + 1 }, (_, i) => newPod(lab, 20 + i));
  const [first, ...others] = pods;
  if (first === undefined) throw new Error('six pods');
  for (const pod of others) t.equal(await call('ADD', pod), '');
  t.match(await call('ADD', first), /no address is left/);
  for (let round = 0; round < ROUNDS; round++)
    for (const [goes, comes] of [
      [others[0] ?? first, first],
      [first, others[0] ?? first],
    ] as const) {
      t.equal(await call('DEL', goes), '');
      t.equal(await call('ADD', comes), '', 'it waits for the device, and does not ask to be tried again');
    }
});

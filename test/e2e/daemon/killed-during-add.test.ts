// kill -9 in the middle of ADDs: no address is given twice, what was answered works, and nothing else is left.
import t from 'tap';
import { callPlugin } from '../../../lab/cni.ts';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed, type LabPod } from '../../../lab/lab.ts';
import { planPod } from '../../../lab/plan.ts';
import { heddlectlJson } from '../../support/heddlectl.ts';
import { addressOf, addTestPod, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const ROUNDS = 4;
const PODS_PER_ROUND = 12;
/** So many more have an answer in each round before the kill; in the first one, none. */
const DONE_PER_ROUND = 3;

const lab = await testLab(t, { podsPerNode: 1 });
const node = nodeNamed(lab, 'n1');
const answered: LabPod[] = [podNamed(lab, 'n1-p1')];

/** Asks for many pods at once, kills the daemon meanwhile, and cleans up after those that failed, as a runtime does. */
async function roundOfAdds(round: number): Promise<number> {
  const numbers = Array.from({ length: PODS_PER_ROUND }, (_, i) => 100 * (round + 1) + i);
  let done = 0;
  const add = (number: number): Promise<LabPod> =>
    addTestPod(lab, 'n1', number).finally(() => {
      done++;
    });
  const adds = Promise.allSettled(numbers.map(add));
  await until(() => done >= DONE_PER_ROUND * round);
  await killDaemon(node);
  const outcomes = await adds;
  startDaemon(node);
  await waitForDaemon(node);
  const added = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  answered.push(...added);
  const failed = numbers.filter((_, i) => outcomes[i]?.status === 'rejected');
  for (const number of failed) {
    const deleted = await callPlugin(node, planPod(lab.options, 'n1', number), 'DEL');
    t.equal(deleted.code, 0, `DEL of what was not answered: ${deleted.stdout}`);
  }
  return failed.length;
}

t.test('ADDs are cut off at several moments', async t => {
  let cutOff = 0;
  for (let round = 0; round < ROUNDS; round++) cutOff += await roundOfAdds(round);
  t.ok(cutOff > 0, `${cutOff} ADDs were cut off`);
  t.ok(answered.length > 1, `${answered.length - 1} were answered`);
});

t.test('every pod that was answered has addresses of its own, and works', async t => {
  const addresses = answered.flatMap(pod => pod.addresses);
  t.equal(new Set(addresses).size, addresses.length);
  const far = podNamed(lab, 'n2-p1');
  for (const pod of answered) {
    t.ok(await ping(pod.netns, addressOf(far, 'ipv4')), `${pod.name}, IPv4`);
    t.ok(await ping(far.netns, addressOf(pod, 'ipv6')), `${pod.name}, IPv6`);
  }
});

t.test('nothing is left of the others', async t => {
  const n1 = ['--lab', lab.options.name, '--node', 'n1'];
  const rows = (await heddlectlJson(...n1, 'endpoint', 'list')) as { kind: string; address: string }[];
  const local = rows.filter(({ kind }) => kind === 'local-pod').map(({ address }) => address);
  t.strictSame(local.sort(), answered.flatMap(pod => pod.addresses).sort(), 'endpoints');
  const links = (await heddlectlJson(...n1, 'link', 'list')) as { hook: string; ifindex?: number }[];
  t.equal(links.filter(({ hook }) => hook === 'pod_tx').length, answered.length, 'links');
  t.notOk(
    links.some(({ ifindex }) => ifindex === 0),
    'none of a device that is gone',
  );
  const devices = (await mustExec(node, 'ip', '-br', 'link'))
    .split('\n')
    .filter(line => /^hd[0-9a-f]{11}/.test(line));
  t.equal(devices.length, answered.length, 'devices');
});

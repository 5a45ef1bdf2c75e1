// kill -9 in the middle of many DELs: what was to go goes, at the latest with the next start, and the others stay.
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { callPlugin } from '../../../lab/cni.ts';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { planPod } from '../../../lab/plan.ts';
import { isExpeditedOff } from '../../support/grace-periods.ts';
import { heddlectlJson } from '../../support/heddlectl.ts';
import { addressOf, addTestPod, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { ping } from '../../support/traffic.ts';

t.setTimeout(600_000);

const ROUNDS = 3;
const PODS = 12;

const lab = await testLab(t, { podsPerNode: 1 });
const node = nodeNamed(lab, 'n1');

function remove(number: number) {
  return callPlugin(node, planPod(lab.options, 'n1', number), 'DEL');
}

/** How many the daemon did not answer: the plugin has kept them for it. */
async function roundOfDels(t: Test, round: number): Promise<number> {
  const numbers = Array.from({ length: PODS }, (_, i) => 100 * (round + 1) + i);
  for (const number of numbers) await addTestPod(lab, 'n1', number);
  const dels = numbers.map(remove);
  await sleep(20 + 25 * round);
  await killDaemon(node);
  for (const { code, stdout } of await Promise.all(dels)) t.equal(code, 0, stdout);
  const kept = `${node.socket}.deletes`;
  const cutOff = existsSync(kept) ? readdirSync(kept).length : 0;
  startDaemon(node);
  await waitForDaemon(node);
  for (const number of numbers) t.equal((await remove(number)).code, 0, 'DEL is asked again, as runtimes do');
  return cutOff;
}

t.test('DELs are cut off at several moments', async t => {
  let cutOff = 0;
  for (let round = 0; round < ROUNDS; round++) cutOff += await roundOfDels(t, round);
  t.ok(cutOff > 0, `${cutOff} DELs were cut off`);
});

t.test('nothing is left of them, and the pod that stayed works', async t => {
  const stayed = podNamed(lab, 'n1-p1');
  const n1 = ['--lab', lab.options.name, '--node', 'n1'];
  const rows = (await heddlectlJson(...n1, 'endpoint', 'list')) as { kind: string; address: string }[];
  const local = rows.filter(({ kind }) => kind === 'local-pod').map(({ address }) => address);
  t.strictSame(local.sort(), [...stayed.addresses].sort(), 'endpoints');
  const links = (await heddlectlJson(...n1, 'link', 'list')) as { hook: string; ifindex?: number }[];
  t.equal(links.filter(({ hook }) => hook === 'pod_tx').length, 1, 'links');
  const devices = (await mustExec(node, 'ip', '-br', 'link'))
    .split('\n')
    .filter(line => /^hd[0-9a-f]{11}/.test(line));
  t.equal(devices.length, 1, 'devices');
  t.ok(await ping(stayed.netns, addressOf(podNamed(lab, 'n2-p1'), 'ipv4')));
});

t.test('the switch of grace periods is as it was', async t => {
  t.ok(await isExpeditedOff());
});

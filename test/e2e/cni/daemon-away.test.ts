// Pods are deleted while the daemon is away: at once, and for good when it is back.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { removeNetns } from '../../../lab/iproute.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { removePod } from '../../../lab/manifests.ts';
import type { PodPlan } from '../../../lab/plan.ts';
import { deleteSpoolOf } from '../../../loader/agent/kept-deletes.ts';
import { callCni } from '../../support/cni-call.ts';
import { mustExec, testLab } from '../../support/lab.ts';
import { newPod } from '../../support/new-pod.ts';
import { until } from '../../support/until.ts';

const lab = await testLab(t, {
  nodes: 1,
  podsPerNode: 0,
  families: 'ipv4',
  config: { ipam: { reuseDelaySeconds: 0 } },
});
const node = nodeNamed(lab, 'n1');
const spool = deleteSpoolOf(node.socket);

async function add(pod: PodPlan, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const run = await callCni('ADD', node, pod, { env });
  if (run.exitCode !== 0) throw new Error(run.stdout);
  const { ips } = JSON.parse(run.stdout) as { ips: { address: string }[] };
  return ips[0]?.address ?? '';
}

async function deleteAtOnce(pod: PodPlan): Promise<void> {
  const run = await callCni('DEL', node, pod);
  if (run.exitCode !== 0 || run.stdout !== '') throw new Error(`DEL: ${run.stdout}`);
}

const records = (): string[] => readdirSync(join(node.stateDir, 'attachments'));
const devices = async (): Promise<number> =>
  (await mustExec(node, 'ip', '-br', 'link')).match(/^hd[0-9a-f]{11}/gm)?.length ?? 0;

t.test('three pods of four, one with its namespace gone', async t => {
  const pods = [1, 2, 3, 4].map(number => newPod(lab, number));
  const [gone, stays] = [pods[0], pods[3]];
  if (gone === undefined || stays === undefined) throw new Error('no pods');
  const addresses = new Map<PodPlan, string>();
  for (const pod of pods) addresses.set(pod, await add(pod));
  await killDaemon(node);
  removeNetns(gone.netns);
  for (const pod of pods) if (pod !== stays) await deleteAtOnce(pod);
  await deleteAtOnce(gone); // once more, as runtimes do
  t.equal(readdirSync(spool).length, 3);
  t.equal(records().length, 4, 'the addresses stay taken');
  startDaemon(node);
  await waitForDaemon(node);
  t.strictSame(readdirSync(spool), [], 'carried out before the socket is served');
  t.equal(records().length, 1);
  t.equal(await devices(), 1);
  t.match(readFileSync(node.logFile, 'utf8'), /completed the deletion of 3 pods that was kept/);
  t.not(await add(newPod(lab, 5)), addresses.get(stays), 'and the one that stays has its address');
});

t.test('the same container, and another of the same pod, are added after it', async t => {
  const [same, successor] = [newPod(lab, 6), newPod(lab, 7)];
  for (const pod of [same, successor]) await add(pod);
  const before = records().length;
  await killDaemon(node);
  for (const pod of [same, successor]) await deleteAtOnce(pod);
  startDaemon(node);
  await waitForDaemon(node);
  const address = await add(same);
  await add(successor, { CNI_CONTAINERID: 'another-sandbox' });
  t.equal(records().length, before, 'neither of the new ones was deleted');
  t.ok(address !== '');
  t.equal(
    (await callCni('DEL', node, successor, { env: { CNI_CONTAINERID: 'another-sandbox' } })).exitCode,
    0,
  );
});

t.test('a daemon that starts in the middle takes each of them, early or late', async t => {
  const pods = Array.from({ length: 12 }, (_, i) => newPod(lab, 20 + i));
  for (const pod of pods) await add(pod);
  const before = records().length;
  await killDaemon(node);
  const deleted = pods.map(async (pod, i) => {
    if (i === 4) startDaemon(node);
    await deleteAtOnce(pod);
  });
  await Promise.all(deleted);
  await waitForDaemon(node);
  t.ok(await until(() => records().length === before - pods.length));
  t.ok(await until(() => !existsSync(spool) || readdirSync(spool).length === 0));
  for (const pod of pods) removePod(lab, pod);
});

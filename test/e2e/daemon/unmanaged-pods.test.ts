// Pods that were there before Heddle, or that a cleanup has left: the kubelet calls them well, and nobody else would say it.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { writeObject } from '../../../lab/manifests.ts';
import { heddlectl } from '../../support/heddlectl.ts';
import { testLab } from '../../support/lab.ts';
import { until } from '../../support/until.ts';

/** The daemon looks every half minute, and tells what it has found twice. */
const TOLD_MS = 180_000;
const POLL_MS = 1_000;

function podObject(name: string, ip: string, more: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name },
    spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'none' }], ...more },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  };
}

t.test('a pod of another plugin, and one that cleanup has cut off', async t => {
  const lab = await testLab(t, { nodes: 1, podsPerNode: 2 });
  const node = nodeNamed(lab, 'n1');
  const flags = ['--lab', lab.options.name, '--node', 'n1'];
  const status = async (): Promise<string> => (await heddlectl(...flags, 'status')).stdout;
  writeObject(lab, 'proxy', podObject('proxy', '192.168.1.11', { hostNetwork: true }));
  writeObject(lab, 'bridged', podObject('bridged', '10.88.0.7'));
  const isTold = (problem: RegExp): Promise<boolean> =>
    until(async () => {
      await sleep(POLL_MS);
      return ((await askStatus(node.socket))?.problems ?? []).some(one => problem.test(one));
    }, TOLD_MS);
  const bridged =
    /^pods of this node run without an interface of Heddle.*: default\/bridged 10\.88\.0\.7: another/;
  t.ok(await isTold(bridged), await status());
  t.match(await status(), /^degraded\n/, 'pods can be added');

  await stopDaemon(node);
  await heddlectl(...flags, 'cleanup');
  // The kubelet's word stays: the sandbox is there.
  writeObject(lab, 'left', podObject('left', '10.244.1.2'));
  startDaemon(node);
  await waitForDaemon(node);
  const both = /default\/bridged 10\.88\.0\.7, default\/left 10\.244\.1\.2: another network plugin/;
  t.ok(await isTold(both), await status());
});

// Pods of a lab come and go while it is up.
import { existsSync } from 'node:fs';
import t from 'tap';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeOf } from '../../../lab/lab.ts';
import { deletePod } from '../../../lab/pods.ts';
import { findLab } from '../../../lab/registry.ts';
import { ping } from '../../support/traffic.ts';
import { addressOf, addTestPod, podNamed, testLab } from '../../support/lab.ts';

t.test('a pod is added, talks, and is deleted without a trace', async t => {
  const lab = await testLab(t, { podsPerNode: 1 });
  const pod = await addTestPod(lab, 'n2', 2);
  t.match(
    findLab(lab.options.name)?.pods.map(({ name }) => name),
    ['n1-p1', 'n2-p1', 'n2-p2'],
  );
  t.ok(await ping(podNamed(lab, 'n1-p1').netns, addressOf(pod, 'ipv6')));
  await deletePod(lab, pod);
  t.notOk(existsSync(pod.netns));
  t.match(
    findLab(lab.options.name)?.pods.map(({ name }) => name),
    ['n1-p1', 'n2-p1'],
  );
});

t.test('a pod cannot be added while the daemon is dead, and can again once it is back', async t => {
  const lab = await testLab(t, { nodes: 1, podsPerNode: 1 });
  const node = nodeOf(lab, podNamed(lab, 'n1-p1'));
  await killDaemon(node);
  await t.rejects(addTestPod(lab, 'n1', 2), { message: /ADD of n1-p2 failed: .*heddled/ });
  t.notOk(existsSync(`${node.netns}-p2`), 'nothing of the pod is left');
  startDaemon(node);
  await waitForDaemon(node);
  const pod = await addTestPod(lab, 'n1', 2);
  t.ok(await ping(pod.netns, addressOf(podNamed(lab, 'n1-p1'), 'ipv4')));
});

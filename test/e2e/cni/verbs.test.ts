// Every verb of the CNI specification on a real daemon: what it does, what it refuses, and that nothing stays behind.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { execIn } from '../../../lab/exec.ts';
import { addNetns, removeNetns } from '../../../lab/iproute.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { removePod, writePod } from '../../../lab/manifests.ts';
import { planPod, type NodePlan, type PodPlan } from '../../../lab/plan.ts';
import { hostInterfaceName } from '../../../loader/pods/host-interface.ts';
import { callCni, errorOf } from '../../support/cni-call.ts';
import { mustExec, podNamed, testLab } from '../../support/lab.ts';
import { newPod, replacePodCidr } from '../../support/new-pod.ts';
import { until } from '../../support/until.ts';

interface Result {
  readonly ips: readonly { readonly address: string }[];
}

/** Pod-side plumbing that a refused ADD could leave on the node, once what an answered DEL has left to do is done. */
async function traces(node: NodePlan): Promise<string[]> {
  await until(
    () => !readdirSync(join(node.stateDir, 'attachments')).some(name => name.startsWith('allocated-')),
  );
  const links = JSON.parse(await mustExec(node, 'ip', '-j', 'link')) as { ifname: string }[];
  const routes = await mustExec(node, 'ip', 'route', 'show', 'proto', '104');
  return [
    ...links.map(link => link.ifname).filter(name => name.startsWith('hd')),
    ...routes.trim().split('\n'),
    ...readdirSync(join(node.stateDir, 'attachments')),
    ...readdirSync(join(node.pinRoot, 'links')),
  ].sort();
}

t.test('on one node', async t => {
  const lab = await testLab(t, { nodes: 1, podsPerNode: 1, config: { podWaitMs: 300 } });
  const node = nodeNamed(lab, 'n1');
  const first = podNamed(lab, 'n1-p1');

  await t.test('ADD of a container that has the interface already is refused', async t => {
    const before = await traces(node);
    const run = await callCni('ADD', node, first);
    t.equal(run.exitCode, 1);
    t.match(errorOf(run), { code: 4, msg: /CNI_CONTAINERID.*already/ });
    t.strictSame(await traces(node), before, 'nothing has changed');
  });

  await t.test('ADD into a namespace that is not there is refused', async t => {
    const before = await traces(node);
    const pod = planPod(lab.options, 'n1', 2);
    writePod(lab, pod);
    const run = await callCni('ADD', node, pod);
    t.match(errorOf(run), { code: 4, msg: /CNI_NETNS.*does not exist/ });
    t.strictSame(await traces(node), before);
    removePod(lab, pod);
  });

  await t.test('ADD of an interface name that is taken in the namespace is refused', async t => {
    const before = await traces(node);
    const pod = newPod(lab, 3);
    await mustExec(pod, 'ip', 'link', 'add', 'eth0', 'type', 'bridge');
    const run = await callCni('ADD', node, pod);
    t.match(errorOf(run), { code: 4, msg: /CNI_IFNAME.*eth0 already/ });
    t.strictSame(await traces(node), before);
    removeNetns(pod.netns);
    removePod(lab, pod);
  });

  await t.test(
    "ADD whose device's name another one has on the node is refused, and that one stays",
    async t => {
      const before = await traces(node);
      const pod = newPod(lab, 3);
      const name = hostInterfaceName(pod);
      await mustExec(node, 'ip', 'link', 'add', name, 'type', 'bridge');
      t.match(errorOf(await callCni('ADD', node, pod)), {
        code: 4,
        msg: /the host has an interface .* already/,
      });
      t.match(await mustExec(node, 'ip', '-br', 'link', 'show', name), /^hd/);
      await mustExec(node, 'ip', 'link', 'delete', name);
      t.strictSame(await traces(node), before);
      removeNetns(pod.netns);
      removePod(lab, pod);
    },
  );

  await t.test('ADD of a pod whose object is not there asks to try again', async t => {
    const pod = planPod(lab.options, 'n1', 4);
    addNetns(pod.netns);
    const run = await callCni('ADD', node, pod);
    t.match(errorOf(run), { code: 11, msg: /object of pod lab\/n1-p4.*try again/ });
    removeNetns(pod.netns);
  });

  await t.test("a successor of the same name never gets its predecessor's object", async t => {
    const pod = newPod(lab, 5);
    const env = { CNI_ARGS: `K8S_POD_NAMESPACE=lab;K8S_POD_NAME=${pod.name};K8S_POD_UID=another` };
    const run = await callCni('ADD', node, pod, { env: { ...env } });
    t.match(errorOf(run), { code: 11, msg: /of an earlier pod/ });
    removeNetns(pod.netns);
    removePod(lab, pod);
  });

  await t.test('a container that is no pod gets an interface, too', async t => {
    const pod = planPod(lab.options, 'n1', 6);
    addNetns(pod.netns);
    const run = await callCni('ADD', node, pod, { env: { CNI_ARGS: '' } });
    t.equal(run.exitCode, 0, run.stdout);
    t.equal((await callCni('DEL', node, pod, { env: { CNI_ARGS: '' } })).exitCode, 0);
    removeNetns(pod.netns);
  });

  await t.test('an address asked for by the ips capability is given, or refused with the reason', async t => {
    const pod = newPod(lab, 7);
    const wish = (ips: string[]) => ({ config: { capabilities: { ips: true }, runtimeConfig: { ips } } });
    const taken = await callCni('ADD', node, pod, wish([first.addresses[0] ?? '']));
    t.match(errorOf(taken), { code: 11, msg: /it is in use by pod lab\/n1-p1/ });
    const foreign = await callCni('ADD', node, pod, wish(['10.99.0.7']));
    t.match(errorOf(foreign).msg, /none of this node's pod CIDRs/);
    const run = await callCni('ADD', node, pod, wish(['10.244.1.77']));
    t.match((JSON.parse(run.stdout) as Result).ips[0]?.address, /^10\.244\.1\.77\//);
    await callCni('DEL', node, pod);
    removeNetns(pod.netns);
    removePod(lab, pod);
  });

  await t.test(
    'CHECK passes for a pod that is whole, and says what is missing of one that is not',
    async t => {
      const pod = newPod(lab, 8);
      const prevResult = JSON.parse((await callCni('ADD', node, pod)).stdout) as object;
      const whole = await callCni('CHECK', node, pod, { config: { prevResult } });
      t.equal(whole.exitCode, 0, whole.stdout);
      t.equal(whole.stdout, '');
      await mustExec(pod, 'ip', 'route', 'delete', 'default');
      const broken = await callCni('CHECK', node, pod, { config: { prevResult } });
      t.equal(broken.exitCode, 1);
      t.match(JSON.stringify(errorOf(broken)), /no default route via 169\.254\.1\.1/);
      await callCni('DEL', node, pod);
      removeNetns(pod.netns);
      removePod(lab, pod);
    },
  );

  await t.test('DEL succeeds again and again, and for a namespace that is gone', async t => {
    const before = await traces(node);
    const pod = newPod(lab, 9);
    await callCni('ADD', node, pod);
    removeNetns(pod.netns);
    for (const env of [{}, {}, { CNI_NETNS: '' }])
      t.equal((await callCni('DEL', node, pod, { env })).exitCode, 0);
    t.strictSame(await traces(node), before);
    removePod(lab, pod);
  });

  await t.test('GC removes what is not listed, and nothing else', async t => {
    const pod = newPod(lab, 10);
    await callCni('ADD', node, pod);
    const attachments = [{ containerID: first.containerId, ifname: first.ifname }];
    const run = await callCni('GC', node, pod, { config: { 'cni.dev/valid-attachments': attachments } });
    t.equal(run.exitCode, 0, run.stdout);
    t.match((await execIn(pod.netns, ['ip', 'link', 'show', 'eth0'])).code, 1, 'its interface is gone');
    t.equal((await execIn(first.netns, ['ip', 'link', 'show', 'eth0'])).code, 0, "the listed one's is there");
    removeNetns(pod.netns);
    removePod(lab, pod);
  });

  await t.test('STATUS answers that ADD could succeed', async t => {
    const run = await callCni('STATUS', node, first);
    t.equal(run.exitCode, 0, run.stdout);
  });

  await t.test('malformed input and other versions are refused by their own codes', async t => {
    t.match(errorOf(await callCni('ADD', node, first, { stdin: '{"cniVersion": "1.0.0", ' })), { code: 6 });
    t.match(errorOf(await callCni('ADD', node, first, { config: { cniVersion: '9.0.0' } })), { code: 1 });
    t.match(errorOf(await callCni('ADD', node, first, { env: { CNI_IFNAME: 'a/b' } })), { code: 4 });
  });

  await t.test('shell metacharacters are only characters', async t => {
    const before = await traces(node);
    const nasty = '$(touch /tmp/heddle-pwned);`id`|&<>"\'\\n';
    for (const name of ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_ARGS'])
      t.equal((await callCni('ADD', node, first, { env: { [name]: nasty } })).exitCode, 1, name);
    t.notOk(readdirSync('/tmp').includes('heddle-pwned'));
    t.strictSame(await traces(node), before);
  });
});

t.test('a container that is no pod is refused where pods are required', async t => {
  const lab = await testLab(t, { nodes: 1, podsPerNode: 0, config: { requirePodObject: true } });
  const node = nodeNamed(lab, 'n1');
  const before = await traces(node);
  const pod = newPod(lab, 1);
  for (const CNI_ARGS of ['', 'IgnoreUnknown=1;K8S_POD_NAME=festive_einstein']) {
    const run = await callCni('ADD', node, pod, { env: { CNI_ARGS } });
    t.match(errorOf(run), { code: 7, msg: /K8S_POD_NAMESPACE or K8S_POD_NAME is missing/ }, CNI_ARGS);
  }
  t.strictSame(await traces(node), before);
  t.equal((await callCni('ADD', node, pod)).exitCode, 0, 'a pod is not');
});

t.test('a pod CIDR that is used up is told, and usable again once an address has rested', async t => {
  const lab = await testLab(t, {
    nodes: 1,
    podsPerNode: 0,
    families: 'ipv4',
    config: { ipam: { reuseDelaySeconds: 0 } },
  });
  const node = nodeNamed(lab, 'n1');
  await replacePodCidr(lab, node, '10.244.1.0/29');
  const pods = [1, 2, 3, 4, 5].map(number => newPod(lab, number));
  for (const pod of pods) {
    const run = await callCni('ADD', node, pod);
    t.equal(run.exitCode, 0, `${pod.name}: ${run.stdout}`);
  }
  const late = newPod(lab, 6);
  const refused = errorOf(await callCni('ADD', node, late));
  t.match(refused, { code: 11, msg: /no address is left/ });
  const [freed] = pods;
  if (freed === undefined) throw new Error('no pod was added');
  t.equal((await callCni('DEL', node, freed)).exitCode, 0);
  t.equal(await addRepeated(node, late), '', 'the freed address is given, once nobody announces it any more');
});

/** As a runtime does, tries again on code 11; what was said last, empty when it succeeded. */
async function addRepeated(node: NodePlan, pod: PodPlan): Promise<string> {
  let said = '';
  await until(async () => {
    const run = await callCni('ADD', node, pod);
    said = run.exitCode === 0 ? '' : run.stdout;
    return run.exitCode === 0 || errorOf(run).code !== 11;
  });
  return said;
}

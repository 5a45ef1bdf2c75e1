// A node whose maps are too small for a policy says so, keeps the policy before, and takes no pods until there is room.
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { statusJson } from '../../support/heddlectl.ts';
import { addressOf, addTestPod, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { ping, pingedUntil } from '../../support/traffic.ts';
import { eventually, until } from '../../support/until.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { nodes: 1, config: { maps: { ruleSets: 16 } } });
const [subject, other] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];

async function problems(): Promise<string> {
  const status = (await statusJson('--lab', lab.options.name, '--node', 'n1')) as {
    daemon: { problems: readonly string[] };
  };
  return status.daemon.problems.join('\n');
}

t.test('too much of a policy is not active, and is told', async t => {
  writePolicy(lab, 'isolated', { podSelector: podsNamed(subject.name), policyTypes: ['Ingress'] });
  t.ok(await pingedUntil(false, other.netns, addressOf(subject, 'ipv4')), 'isolated');
  writePolicy(lab, 'isolated', {
    podSelector: podsNamed(subject.name),
    policyTypes: ['Ingress'],
    ingress: [{}, { ports: Array.from({ length: 50 }, (_, i) => ({ port: 1000 + 2 * i })) }],
  });
  writePolicy(lab, 'many', {
    podSelector: podsNamed(other.name),
    policyTypes: ['Ingress'],
    ingress: [{ ports: Array.from({ length: 50 }, (_, i) => ({ port: 1000 + 2 * i })) }],
  });
  const said = /the newest policy is not active, the previous one still is: hd_rule_set has room for 16 rows/;
  t.ok(await until(async () => said.test(await problems())), 'it is told');
  t.ok(await ping(subject.netns, addressOf(other, 'ipv4')), 'nothing of it is active');
});

t.test('meanwhile no pod is added, and nothing of it is left', async t => {
  await t.rejects(addTestPod(lab, 'n1', 50), /hd_rule_set has room for 16 rows/);
  const devices = await mustExec(nodeNamed(lab, 'n1'), 'ip', '-br', 'link', 'show', 'type', 'veth');
  t.equal(devices.split('\n').filter(line => /^hd[0-9a-f]{11}/.test(line)).length, 2, 'no device');
});

t.test('there is room again', async t => {
  removeObject(lab, 'many');
  t.equal(await eventually(problems, ''), '');
  const pod = await addTestPod(lab, 'n1', 51);
  t.ok(await ping(pod.netns, addressOf(other, 'ipv4')));
});

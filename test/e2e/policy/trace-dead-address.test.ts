// heddlectl trace to addresses that no pod has: who answers, and on which node it is said.
import t from 'tap';
import { heddlectlJson } from '../../support/heddlectl.ts';
import { podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { until } from '../../support/until.ts';

t.setTimeout(300_000);

const LIMIT_MS = 20_000;
const lab = await testLab(t, { podsPerNode: 1 });
const pod = podNamed(lab, 'n1-p1');
const [there, there6] = ['10.244.2.200', 'fd00:244:0:2::c8'];

interface Traced {
  readonly outcome: string;
  readonly conclusion: string;
  readonly nextNode?: string;
}

async function traced(node: string, to: string): Promise<Traced> {
  const ends = ['--from', `lab/${pod.name}`, '--to', to, '--port', '80'];
  return (await heddlectlJson('--lab', lab.options.name, '--node', node, 'trace', ...ends)) as Traced;
}

function deadHere(address: string): Traced {
  const answer = "this node's stack answers 'host unreachable', whatever policy says";
  return { outcome: 'host', conclusion: `no pod of this node has ${address}: ${answer}` };
}

t.test('on the own node, whatever policy says', async t => {
  for (const address of ['10.244.1.200', 'fd00:244:0:1::c8'])
    t.match(await traced('n1', address), deadHere(address));
  writePolicy(lab, 'closed', { podSelector: podsNamed(pod.name), policyTypes: ['Egress'], egress: [] });
  t.ok(
    await until(async () => (await traced('n1', there)).outcome === 'dropped', LIMIT_MS),
    'policy is active',
  );
  for (const address of ['10.244.1.200', 'fd00:244:0:1::c8'])
    t.match(await traced('n1', address), deadHere(address));
  removeObject(lab, 'closed');
});

t.test('on another node, which says the rest', async t => {
  t.ok(
    await until(async () => (await traced('n1', there)).outcome === 'forwarded', LIMIT_MS),
    'policy is gone',
  );
  for (const address of [there, there6]) {
    const { conclusion, nextNode } = await traced('n1', address);
    t.equal(nextNode, 'n2');
    t.match(conclusion, `in whose pod CIDR ${address} is: no pod that is known here has it`);
    t.match(await traced('n2', address), deadHere(address));
  }
});

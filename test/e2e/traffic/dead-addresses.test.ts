// A sender to an address that no pod has gets "unreachable" at once (RFC 1812 4.3.3.1, RFC 4443 3.1), wherever it would be.
import t from 'tap';
import { callPlugin } from '../../../lab/cni.ts';
import { execIn } from '../../../lab/exec.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { planPod } from '../../../lab/plan.ts';
import { writePolicy, podsNamed } from '../../support/lab-policy.ts';
import { heddlectlJson } from '../../support/heddlectl.ts';
import { podNamed, testLab, type TestHost } from '../../support/lab.ts';
import { until } from '../../support/until.ts';

t.setTimeout(300_000);

/** A client that hears nothing waits for longer; the answer comes within a round trip. */
const TOLD_WITHIN_S = 60;
const NODES = ['n1', 'n2'] as const;
const REFUSED = /No route to host|Network is unreachable/;

function deadAddresses(node: string): readonly string[] {
  const number = node.slice(1);
  return [`10.244.${number}.200`, `fd00:244:0:${number}::c8`];
}

/** The error that a TCP client gets; empty: none in time. */
async function connect({ netns }: Pick<TestHost, 'netns'>, address: string): Promise<string> {
  const script = `exec 3<>/dev/tcp/${address}/80`;
  const { stderr } = await execIn(netns, ['timeout', String(TOLD_WITHIN_S), 'bash', '-c', script]);
  return stderr;
}

for (const encapsulation of ['always', 'never'] as const)
  t.test(`encapsulation ${encapsulation}`, async t => {
    const lab = await testLab(t, { encapsulation });
    const [open, isolated] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];
    const spec = { podSelector: podsNamed(isolated.name), policyTypes: ['Ingress'] };
    writePolicy(lab, 'isolated', spec);
    const at = ['--lab', lab.options.name, '--node', 'n1'];
    t.ok(await until(async () => ((await heddlectlJson(...at, 'policy', 'list')) as unknown[]).length === 1));
    for (const node of NODES)
      for (const address of deadAddresses(node))
        for (const [who, from] of [
          ['a pod', open],
          ['an isolated pod', isolated],
          ['a node', nodeNamed(lab, 'n1')],
        ] as const)
          t.match(await connect(from, address), REFUSED, `${who} asks ${address}`);
  });

t.test('a pod that is gone leaves a dead address', async t => {
  const lab = await testLab(t);
  const gone = podNamed(lab, 'n2-p1');
  const asker = podNamed(lab, 'n1-p1');
  const { code } = await callPlugin(nodeNamed(lab, 'n2'), planPod(lab.options, 'n2', 1), 'DEL');
  t.equal(code, 0);
  for (const address of gone.addresses) t.match(await connect(asker, address), REFUSED, address);
});

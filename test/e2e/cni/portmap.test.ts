// Chained with Debian's portmap: the pod's port answers on its node, whoever asks.
import t from 'tap';
import { writePod } from '../../../lab/manifests.ts';
import { addNetns } from '../../../lab/iproute.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { planPod } from '../../../lab/plan.ts';
import { runChain, type ChainedPlugin } from '../../support/cni-chain.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { ask, startEcho } from '../../support/traffic.ts';

const HOST_PORT = 8080;
const POD_PORT = 7007;

const PORTMAP: ChainedPlugin = {
  type: 'portmap',
  config: {
    capabilities: { portMappings: true },
    snat: true,
    runtimeConfig: {
      portMappings: [
        { hostPort: HOST_PORT, containerPort: POD_PORT, protocol: 'tcp' },
        { hostPort: HOST_PORT, containerPort: POD_PORT, protocol: 'udp' },
      ],
    },
  },
};

t.test('a port that portmap maps answers to everybody, and no more after DEL', async t => {
  const lab = await testLab(t);
  const node = nodeNamed(lab, 'n1');
  const pod = planPod(lab.options, 'n1', 9);
  writePod(lab, pod);
  addNetns(pod.netns);
  const result = await runChain('ADD', node, pod, [PORTMAP]);
  await runChain('CHECK', node, pod, [], result); // portmap 1.1 itself looks for IPv4's rules among IPv6's
  const echo = await startEcho(pod.netns, POD_PORT);
  t.teardown(() => echo.stop());

  const askers = {
    'a host outside': lab.outside.netns,
    'another node': nodeNamed(lab, 'n2').netns,
    'a pod on another node': podNamed(lab, 'n2-p1').netns,
    'a pod on the same node': podNamed(lab, 'n1-p1').netns,
    'the pod itself': pod.netns,
    'the node itself': node.netns,
  };
  for (const [who, netns] of Object.entries(askers)) {
    for (const family of ['ipv4', 'ipv6'] as const) {
      for (const protocol of ['tcp', 'udp'] as const) {
        const to = addressOf(node, family);
        const seen = await ask(netns, { protocol, to, port: HOST_PORT });
        t.ok(
          seen,
          `${who} asks ${to} port ${HOST_PORT} over ${protocol}: expected an answer, got ${seen ?? 'none'}`,
        );
      }
    }
  }

  await runChain('DEL', node, pod, [PORTMAP], result);
  const after = await ask(lab.outside.netns, {
    protocol: 'tcp',
    to: addressOf(node, 'ipv4'),
    port: HOST_PORT,
    timeoutMs: 1_500,
  });
  t.equal(after, undefined, 'after DEL nobody answers');
});

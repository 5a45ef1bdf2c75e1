// The overlay by the programs alone: heddle0 is a veth pair, as where the kernel has no vxlan. `make test-kernels` shows
// the same on a kernel without the module, where nobody has chosen it.
import t from 'tap';
import { ipIn } from '../../../lab/iproute.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { openSocket, getLink } from 'rtnetlink';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { nodeWithAllAddresses, toEveryAddress } from '../../support/node-reach.ts';
import { podsReachEachOther } from '../../support/pods-reach.ts';
import { failuresOf, serveAll } from '../../support/reach.ts';
import { streamArrives } from '../../support/stream.ts';
import { ping } from '../../support/traffic.ts';

t.setTimeout(600_000);

const config = { tunnel: { kernelVxlan: 'never' } };

t.test('pods reach each other', async t => {
  t.strictSame(await podsReachEachOther(t, { config }), []);
});

t.test('so they do over IPv6, with XDP', async t => {
  const tunnel = { ...config.tunnel, family: 'ipv6' };
  t.strictSame(await podsReachEachOther(t, { config: { tunnel }, xdp: 'generic' }), []);
});

t.test('nodes and pods', async t => {
  const lab = await testLab(t, { podsPerNode: 1, config });
  const nodes = lab.nodes.map(nodeWithAllAddresses);
  const pods = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')] as const;
  using socket = openSocket({ netns: nodeNamed(lab, 'n1').netns });
  t.match(getLink(socket, 'heddle0'), { kind: 'veth', up: true });

  await t.test('reach each other at every address', async t => {
    await serveAll(t, [...lab.pods, ...nodes]);
    const attempts = nodes.flatMap(node =>
      pods.flatMap(pod => [...toEveryAddress(pod, node), ...toEveryAddress(node, pod)]),
    );
    t.strictSame(await failuresOf(attempts), []);
  });

  await t.test("a pod's own tunnel goes through", async t => {
    const inner = ['172.30.0.1', '172.30.0.2'] as const;
    for (const [i, pod] of pods.entries()) {
      const remote = addressOf(pods[i === 0 ? 1 : 0], 'ipv4');
      ipIn(pod.netns, [
        `link add own type vxlan id 42 remote ${remote} dstport 8472 dev eth0`,
        `address add ${inner[i] ?? ''}/24 dev own`,
        'link set own up',
      ]);
    }
    t.ok(await ping(pods[0].netns, inner[1]));
    // Super-packets of a tunnel are dropped here: let the pod's own stack cut them up.
    const off = ['tx-udp_tnl-segmentation', 'tx-udp_tnl-csum-segmentation'].flatMap(name => [name, 'off']);
    for (const pod of pods) await mustExec(pod, 'ethtool', '-K', 'eth0', ...off);
    t.ok(await streamArrives(pods[0].netns, pods[1].netns, inner[1], 8), 'a large stream arrives whole');
    t.ok(await streamArrives(pods[1].netns, pods[0].netns, inner[0], 8), 'and back');
  });
});

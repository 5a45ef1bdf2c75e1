// Chained with Debian's bandwidth: both limits hold, for pods on the same node and on another.
import t from 'tap';
import { addNetns } from '../../../lab/iproute.ts';
import { type NodePlan, planPod } from '../../../lab/plan.ts';
import { IfaceFlag } from '../../../loader/abi/abi.gen.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { writePod } from '../../../lab/manifests.ts';
import { runChain, type ChainedPlugin } from '../../support/cni-chain.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { startIperf, iperfMbits } from '../../support/iperf.ts';
import { until } from '../../support/until.ts';

/** Bits a second, far below what any machine carries; bursts in bits. */
const INGRESS = 40_000_000;
const EGRESS = 20_000_000;
/** A burst and TCP's start are allowed on top. */
const MARGIN = 1.5;
/** Far more than the daemon takes. */

const BANDWIDTH: ChainedPlugin = {
  type: 'bandwidth',
  config: {
    capabilities: { bandwidth: true },
    runtimeConfig: {
      bandwidth: { ingressRate: INGRESS, ingressBurst: 400_000, egressRate: EGRESS, egressBurst: 400_000 },
    },
  },
};

t.test('both limits of the bandwidth plugin hold on every path', async t => {
  const lab = await testLab(t);
  const node = nodeNamed(lab, 'n1');
  const pod = planPod(lab.options, 'n1', 9);
  writePod(lab, pod);
  addNetns(pod.netns);
  const result = await runChain('ADD', node, pod, [BANDWIDTH]);
  t.teardown(() => runChain('DEL', node, pod, [BANDWIDTH], result));
  await takesSlowPath(node); // the daemon has seen the foreign qdisc and sends this pod's packets through it

  const limited = (result as { ips: { address: string }[] }).ips[0]?.address.replace(/\/.*/, '') ?? '';
  for (const peer of [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')]) {
    await startIperf(t, pod.netns);
    const into = await iperfMbits(peer.netns, limited);
    t.ok(
      into < (INGRESS / 1e6) * MARGIN,
      `${peer.name} to the pod: limit ${INGRESS / 1e6}, measured ${into.toFixed(1)} Mbit/s`,
    );
    await startIperf(t, peer.netns);
    const out = await iperfMbits(pod.netns, addressOf(peer, 'ipv4'));
    t.ok(
      out < (EGRESS / 1e6) * MARGIN,
      `the pod to ${peer.name}: limit ${EGRESS / 1e6}, measured ${out.toFixed(1)} Mbit/s`,
    );
    t.ok(into > 1 && out > 1, 'and something gets through');
  }
});

/** A port of that node does. */
async function takesSlowPath(node: NodePlan): Promise<void> {
  const maps = openPinnedMaps(node.pinRoot);
  try {
    const isSlow = (): boolean =>
      [...maps.hd_iface.entries()].some(([, { flags }]) => (flags & IfaceFlag.SLOW_PATH) !== 0);
    if (!(await until(isSlow))) throw new Error(`no port of ${node.name} takes the slow path`);
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}

// A packet that does not fit its path is answered or fragmented, never swallowed: here after the underlay shrank.
import t from 'tap';
import { execIn } from '../../../lab/exec.ts';
import { ipIn } from '../../../lab/iproute.ts';
import { nodeNamed, type LabPod } from '../../../lab/lab.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { nodeCounters } from '../../support/node-counters.ts';
import { streamArrives } from '../../support/stream.ts';
import { BRIEFLY, ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

const UNDERLAY_MTU = 1_400;
/** What is left under the outer headers over IPv4. */
const PATH_MTU = UNDERLAY_MTU - 50;
/** As pods were made: of an underlay of 1500. */
const POD_MTU = 1_450;

const lab = await testLab(t, { podsPerNode: 1 });
const pods = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')] as const;
const counters = nodeCounters(t, nodeNamed(lab, 'n1'));
for (const node of lab.nodes) {
  ipIn(lab.fabricNetns, [`link set ${node.name} mtu ${UNDERLAY_MTU}`]);
  ipIn(node.netns, [`link set eth0 mtu ${UNDERLAY_MTU}`]);
}
t.ok(await nodesHaveNoticed(), 'the nodes notice the new MTU of their uplinks');

const FAMILIES = [
  { family: 'ipv4', headers: 28, answer: /Frag needed and DF set \(mtu = (\d+)\)/ },
  { family: 'ipv6', headers: 48, answer: /Packet too big: mtu=(\d+)/ },
] as const;

for (const [from, to] of [pods, [pods[1], pods[0]]] as const) {
  for (const { family, headers, answer } of FAMILIES) {
    t.test(`${from.name} to ${to.name}, ${family}`, async t => {
      for (const pod of pods) await forgetPaths(pod);
      const address = addressOf(to, family);
      const fitting = ['-M', 'do', '-s', String(PATH_MTU - headers)];
      t.ok(await ping(from.netns, address, fitting), 'the largest that fits arrives');
      const told = await pingOnce(from, address, ['-M', 'do', '-s', String(PATH_MTU + 1 - headers)]);
      t.equal(answer.exec(told)?.[1], String(PATH_MTU), "one byte more is answered with the path's MTU", {
        told,
      });
      const route = await mustExec(from, 'ip', 'route', 'get', address);
      t.match(route, `mtu ${PATH_MTU}`, 'and the pod has learned it');
      for (const bytes of [POD_MTU - headers, 6_000])
        t.ok(await arrives(from, address, bytes), `what may be fragmented arrives, ${bytes} bytes`);
      t.ok(await streamArrives(from.netns, to.netns, address, 8), 'a large TCP stream arrives whole');
    });
  }
}

t.test('what did not fit was handed to the stack, and counted as that', t => {
  t.ok((counters.take().get('pod_tx PASS_TOO_BIG') ?? 0) >= 2);
  t.end();
});

async function pingOnce(from: LabPod, address: string, options: readonly string[]): Promise<string> {
  const { stdout } = await execIn(from.netns, ['ping', '-n', '-c', '1', '-W', '2', ...options, address]);
  return stdout;
}

/** The other end's answer is as large, and may have to learn the path first. */
function arrives(from: LabPod, address: string, bytes: number): Promise<boolean> {
  return until(() => ping(from.netns, address, ['-M', 'dont', '-s', String(bytes), ...BRIEFLY]));
}

async function forgetPaths(pod: LabPod): Promise<void> {
  for (const family of ['-4', '-6']) await mustExec(pod, 'ip', family, 'route', 'flush', 'cache');
}

/** By what every node's host routes say. */
function nodesHaveNoticed(): Promise<boolean> {
  return until(async () => {
    const routes = await Promise.all(
      lab.nodes.map(node => mustExec(node, 'ip', 'route', 'show', 'dev', 'heddle0')),
    );
    return routes.every(text => text.includes(`mtu ${PATH_MTU}`));
  });
}

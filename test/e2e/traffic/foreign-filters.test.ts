// Classic filters that others put on a clsact qdisc go on working, on pods' devices and on the uplink.
import t from 'tap';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { ipIn } from '../../../lab/iproute.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { deviceTowards } from '../../support/device-mac.ts';
import { putFilter, REFUSED_PORT } from '../../support/foreign-program.ts';
import { addressOf, podNamed, testLab, type TestHost } from '../../support/lab.ts';
import { eachWay, failuresOf, serveAll } from '../../support/reach.ts';
import { ask, startEcho } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

const FAMILIES = ['ipv4', 'ipv6'] as const;

const lab = await testLab(t);
const [pod, near, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
const [node, other] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2')];
const { netns } = node;
const device = await deviceTowards(node, addressOf(pod, 'ipv4'));
const uplink = await deviceTowards(node, addressOf(other, 'ipv4'));

const filters = [
  putFilter({ netns, ifindex: device.ifindex, direction: 'egress' }),
  putFilter({ netns, ifindex: uplink.ifindex, direction: 'ingress' }),
];
const programs = filters.map(filter => filter.programId());
// Nobody tells the daemon of filters: it looks when anything of the node's network changes.
ipIn(netns, ['address add 192.0.2.1/32 dev lo']);

await serveAll(t, [pod, near, far]);
for (const party of [pod, near, far, node]) {
  const echo = await startEcho(party.netns, REFUSED_PORT);
  t.teardown(() => echo.stop());
}

t.test("a filter on a pod's device refuses what comes for the pod, and nothing else", async t => {
  t.ok(await until(() => isRefused(near, pod)), 'from its neighbour');
  t.ok(await until(() => isRefused(far, pod)), 'from a pod of another node');
  t.notOk(await isRefused(pod, near), 'not what the pod sends to its neighbour');
  t.notOk(await isRefused(pod, far), 'nor to another node');
  t.strictSame(await unreachable(), [], 'nor any other port');
});

t.test('a filter on the uplink refuses what comes for the node, and nothing else', async t => {
  t.ok(await isRefused(other, node), 'from another node');
  t.notOk(await isRefused(pod, node), 'not what a pod of its own sends');
});

t.test('a daemon that is killed and comes back leaves them where they are', async t => {
  await killDaemon(node);
  startDaemon(node);
  await waitForDaemon(node);
  t.strictSame(
    filters.map(filter => filter.programId()),
    programs,
  );
  t.ok(await isRefused(near, pod), "the pod's still refuses");
  t.ok(await isRefused(other, node), "the uplink's still refuses");
  t.strictSame(await unreachable(), []);
});

/** In both families. */
async function isRefused(from: TestHost, to: TestHost): Promise<boolean> {
  const question = { protocol: 'udp', port: REFUSED_PORT, timeoutMs: 1_500 } as const;
  const answers = FAMILIES.map(family => ask(from.netns, { ...question, to: addressOf(to, family) }));
  return (await Promise.all(answers)).every(answer => answer === undefined);
}

function unreachable(): Promise<string[]> {
  const pairs = [
    [pod, near],
    [near, pod],
    [pod, far],
    [far, pod],
  ] as const;
  return failuresOf(pairs.flatMap(([from, to]) => eachWay(from, to, FAMILIES)));
}

// flannel's backend host-gw: plain routes and no VTEP. A node moves to Heddle and back, and both kinds reach each other.
import '../../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import t from 'tap';
import { MixedLab } from '../../support/flannel/mixed-lab.ts';
import { MixedReach } from '../../support/flannel/mixed-reach.ts';
import { addressOf } from '../../support/lab.ts';
import { Probe } from '../../support/probe/probe.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const NAMES = ['n1', 'n2', 'n3'] as const;
const STREAM_PORT = 7033;
const TYPE = 'flannel.alpha.coreos.com/backend-type';

const lab = await MixedLab.open(t, 3, 'host-gw');
for (const name of NAMES) lab.join(name);
for (const name of NAMES) lab.startFlannel(name);
const reach = new MixedReach(
  t,
  NAMES.map(name => [name, lab.node(name).host]),
);
const [first, second, third] = [lab.addFlannelPod('n1'), lab.addFlannelPod('n2'), lab.addFlannelPod('n3')];
const probe = new Probe();
t.teardown(() => probe.close());
await reach.serveAnew(first, second, third, ...reach.hosts.values());
await probe.serve(
  third.addresses.map(address => ({ netns: third.netns, protocol: 'UDP', address, port: STREAM_PORT })),
);

function routesOf(name: string): string {
  const netns = basename(lab.node(name).plan.netns);
  return execFileSync('ip', ['-n', netns, 'route'], { encoding: 'utf8' });
}

t.test('before: all nodes are of flannel', async t => {
  t.strictSame(await reach.failures([first, second, third], false), []);
  for (const family of ['ipv4', 'ipv6'] as const)
    probe.stream({
      ...{ netns: second.netns, protocol: 'UDP', port: STREAM_PORT, intervalMs: 10, expectsAnswers: true },
      ...{ from: addressOf(second, family), to: addressOf(third, family) },
    });
});

t.test('a node has moved: pods and nodes, both ways', async t => {
  await lab.removePod(first, 'flannel');
  lab.endFlannel('n1');
  lab.configure('n1');
  const removed = await lab.removeFlannel('n1');
  t.equal(removed.code, 0, removed.lines.join('; '));
  t.notMatch(routesOf('n1'), /10\.244\.[23]\.0/, "flannel's routes are gone");
  await lab.startHeddle('n1');
  t.ok(await until(() => lab.annotations('n1')[TYPE] === 'host-gw'));
  reach.hosts.set('n1', lab.heddleHost('n1'));
  const moved = await lab.addHeddlePod('n1');
  await reach.serveAnew(moved, lab.heddleHost('n1'));
  t.ok(
    await until(async () => (await reach.failures([moved, second, third], false)).length === 0),
    'all reach all',
  );
  t.strictSame(await reach.failures([moved, second, third], false), []);
  await lab.removePod(moved, 'heddle');
});

t.test('and back', async t => {
  await lab.stopHeddle('n1');
  const cleaned = await lab.heddlectl('n1', 'cleanup');
  t.equal(cleaned.code, 0, cleaned.lines.join('; '));
  lab.startFlannel('n1');
  reach.hosts.set('n1', lab.node('n1').host);
  const back = lab.addFlannelPod('n1');
  await reach.serveAnew(back, lab.node('n1').host);
  t.strictSame(await reach.failures([back, second, third], false), []);
});

t.test('pods that stayed have lost nothing', async t => {
  const reports = await probe.drain();
  t.equal(reports.length, 2);
  for (const { sent, answered, broken } of reports) {
    t.ok(sent > 300, `${sent} datagrams`);
    t.strictSame({ answered, broken }, { answered: sent, broken: 0 });
  }
});

// A cluster that is half way from flannel to Heddle goes back node by node, as docs/migration-from-flannel.md says under "Back":
// what stays loses a twentieth of a second at most, a pod that was not drained is named, and in the end nothing of Heddle is left.
import '../../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { MixedLab } from '../../support/flannel/mixed-lab.ts';
import { MixedReach } from '../../support/flannel/mixed-reach.ts';
import { addressOf, type TestHost } from '../../support/lab.ts';
import { Probe } from '../../support/probe/probe.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const FAMILIES = ['ipv4', 'ipv6'] as const;
const STREAM_PORT = 7032;
const NAMES = ['n1', 'n2', 'n3'] as const;

const lab = await MixedLab.open(t, 3);
for (const name of NAMES) lab.join(name);
for (const name of NAMES) lab.startFlannel(name);
const reach = new MixedReach(
  t,
  NAMES.map(name => [name, lab.node(name).host]),
);
const third = lab.addFlannelPod('n3');
await reach.serveAnew(third, ...reach.hosts.values());
const before = new Map(NAMES.map(name => [name, stateOf(name)]));
const probe = new Probe();
t.teardown(() => probe.close());

/** What a network leaves on a node, as far as a node of flannel without pods is concerned. */
function stateOf(name: string): object {
  const { plan, confDir } = lab.node(name);
  const run = (...argv: readonly [string, ...string[]]): string =>
    execFileSync('nsenter', [`--net=${plan.netns}`, ...argv], { encoding: 'utf8' });
  const links = JSON.parse(run('ip', '-j', 'link')) as readonly { readonly ifname: string }[];
  return {
    links: links.map(({ ifname }) => ifname).filter(each => !/^(veth|cni0)/.test(each)),
    tables: run('nft', 'list', 'tables'),
    routes: run('ip', 'route', 'show', 'proto', '104') + run('ip', '-6', 'route', 'show', 'proto', '104'),
    configurations: readdirSync(confDir),
    node: Object.keys(lab.annotations(name)).filter(key => !key.startsWith('flannel')),
    taints: taintsOf(name),
  };
}

function taintsOf(name: string): unknown {
  const node = lab.server.collections.get('/api/v1/nodes', name);
  return (node?.['spec'] as { readonly taints?: readonly unknown[] } | undefined)?.taints ?? [];
}

async function toHeddle(name: string): Promise<TestHost> {
  lab.endFlannel(name);
  lab.configure(name);
  const removed = await lab.removeFlannel(name);
  if (removed.code !== 0) throw new Error(removed.lines.join('; '));
  await lab.startHeddle(name);
  reach.hosts.set(name, lab.heddleHost(name));
  const pod = await lab.addHeddlePod(name);
  await reach.serveAnew(pod, lab.heddleHost(name));
  return pod;
}

/** Heddle's uninstaller, then flannel. What the uninstaller says. */
async function toFlannel(name: string): Promise<readonly string[]> {
  await lab.stopHeddle(name);
  const { code, lines } = await lab.heddlectl(name, 'cleanup');
  if (code !== 0) throw new Error(lines.join('; '));
  lab.startFlannel(name);
  reach.hosts.set(name, lab.node(name).host);
  await reach.serveAnew(lab.node(name).host);
  return lines;
}

async function stream(pairs: readonly (readonly [TestHost, TestHost])[]): Promise<void> {
  const servers = [...new Set(pairs.map(([, to]) => to))];
  await probe.serve(
    servers.flatMap(({ netns, addresses }) =>
      addresses.map(address => ({ netns, protocol: 'UDP' as const, address, port: STREAM_PORT })),
    ),
  );
  for (const family of FAMILIES)
    for (const [from, to] of pairs)
      probe.stream({
        ...{ netns: from.netns, protocol: 'UDP', port: STREAM_PORT, intervalMs: 10, expectsAnswers: true },
        ...{ from: addressOf(from, family), to: addressOf(to, family) },
      });
}

/** For half a second: how long a node's steps take is the machine's. */
const MIN_SENT = 50;
/** A twentieth of a second, once in some runs, in all streams at once. */
const MAX_LOST = 5;

async function lostLittle(t: Test, streams: number): Promise<void> {
  const reports = await probe.drain();
  t.equal(reports.length, streams);
  for (const { sent, answered, broken } of reports) {
    t.ok(sent > MIN_SENT, `${sent} datagrams`);
    t.ok(sent - answered <= MAX_LOST, `${answered} of ${sent} datagrams were answered`);
    t.equal(broken, 0);
  }
}

/** Undefined: not ready. */
async function problemsOf(name: string): Promise<readonly string[] | undefined> {
  const status = await askStatus(lab.node(name).plan.socket);
  return status?.ready === true ? status.problems : undefined;
}

const moved = new Map<string, TestHost>();

t.test('half way: two nodes have moved, one has not', async t => {
  for (const name of ['n1', 'n2']) moved.set(name, await toHeddle(name));
  const second = moved.get('n2') ?? third;
  t.ok(
    await until(async () => (await reach.failures([...moved.values(), third])).length === 0),
    'all reach all',
  );
  await stream([
    [second, third],
    [third, second],
    [lab.node('n3').host, second],
    [second, lab.node('n3').host],
  ]);
});

t.test(
  'the first goes back: what stays, of either network, loses a twentieth of a second at most',
  async t => {
    const [first = third, second = third] = [...moved.values()];
    await lab.removePod(first, 'heddle'); // drained
    await toFlannel('n1');
    const back = lab.addFlannelPod('n1');
    await reach.serveAnew(back);
    t.ok(
      await until(async () => (await reach.failures([back, second, third])).length === 0),
      'all reach all',
    );
    t.strictSame(await problemsOf('n2'), [], 'the node that stays with Heddle has nothing to say');
    await lostLittle(t, 8);
    await lab.removePod(back, 'flannel');
    t.strictSame(stateOf('n1'), before.get('n1'));
  },
);

t.test(
  "the last goes back with a DaemonSet's pod that drain leaves: it is named, and made anew has a network",
  async t => {
    const second = moved.get('n2') ?? third;
    const said = await toFlannel('n2');
    t.match(
      said.filter(line => line.includes(second.name)),
      [new RegExp(`removed, and with it the network of pod lab/${second.name}: delete it if it runs`)],
    );
    const back = lab.addFlannelPod('n2');
    await reach.serveAnew(back);
    t.ok(await until(async () => (await reach.failures([back, third])).length === 0), 'all reach all');
    await lab.removePod(back, 'flannel');
    t.strictSame(stateOf('n2'), before.get('n2'));
  },
);

t.test('nothing of Heddle is left on any node', t => {
  for (const name of NAMES) t.strictSame(stateOf(name), before.get(name), name);
  for (const { plan } of lab.flannel.slice(0, 2)) {
    const folder = dirname(plan.configFile);
    t.notOk(existsSync(plan.socket), plan.socket);
    t.strictSame(readdirSync(join(folder, 'bin')), []);
    t.notOk(readdirSync(folder).some(name => /state|run/.test(name)));
  }
  t.end();
});

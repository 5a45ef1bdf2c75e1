// heddlectl stats --check: every packet of a busy node is accounted for, and a counter that lies is noticed.
import { once } from 'node:events';
import t from 'tap';
import { VERDICT_MAX, Verdict } from '../../../loader/abi/abi.gen.ts';
import { HOOK_NAMES } from '../../../loader/abi/hook-name.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { gatewayMac } from '../../../loader/model/derived-macs.ts';
import { execIn } from '../../../lab/exec.ts';
import { nodeNamed, nodeOf } from '../../../lab/lab.ts';
import { takeFrames } from '../../bench/net/flood.ts';
import { FrameSource } from '../../bench/net/frame-source.ts';
import { macOf } from '../../support/device-mac.ts';
import { heddlectl, outcomeOf, startHeddlectl } from '../../support/heddlectl.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { writeService } from '../../support/lab-services.ts';
import { nodeCounters } from '../../support/node-counters.ts';
import { eth } from '../../support/packet/packet.ts';
import { streamArrives } from '../../support/stream.ts';
import { until } from '../../support/until.ts';
import { FAMILIES, familyOf, isolate, sendHostileFrames } from './hostile-frames.ts';

t.setTimeout(600_000);

/** Ended by SIGINT, when all is quiet. */
const LONG_S = 3_600;
const MILLION = 1_000_000;
const PINGS = 500;
const MEBIBYTES = 60;

interface Line {
  readonly name: string;
  readonly inside: number;
  readonly outside: { readonly min: number; readonly max: number };
  readonly difference: number;
}

interface HookLine extends Line {
  readonly verdicts: Readonly<Record<string, number>>;
}

interface CounterAudit {
  readonly hooks: readonly HookLine[];
  readonly devices: readonly Line[];
}

const lab = await testLab(t, { nodes: 3, podsPerNode: 3, xdp: 'native', config: { services: 'on' } });
const nodes = ['n1', 'n2'].map(name => nodeNamed(lab, name));
const [source, near] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];
const [sink, far] = [podNamed(lab, 'n2-p1'), podNamed(lab, 'n2-p2')];
isolate(lab);

const SERVICE = { ipv4: '10.96.0.10', ipv6: 'fd96::10' } as const;
await writeService(lab, { name: 'empty', addresses: SERVICE, ports: [80], backends: [] });

/** Settles when it counts; what it answers ends it. */
async function beginCheck(node: string, ...format: string[]) {
  const words = ['--lab', lab.options.name, '--node', node, 'stats', '--check', '--seconds', String(LONG_S)];
  const checking = startHeddlectl(...format, ...words);
  const outcome = outcomeOf(checking);
  if (checking.stderr !== null) await Promise.race([once(checking.stderr, 'data'), outcome]);
  return () => {
    checking.kill('SIGINT');
    return outcome;
  };
}

/** Both readings meet a quiet node: nothing is on its way, and every line must be exact. */
async function auditsAround(
  traffic: () => Promise<unknown>,
): Promise<(CounterAudit & { readonly code: number })[]> {
  const counters = nodes.map(node => nodeCounters(t, node));
  const ends = await Promise.all(nodes.map(({ name }) => beginCheck(name, '-j')));
  await traffic();
  await until(() => counters.every(counter => counter.take().size === 0), 60_000);
  const outcomes = await Promise.all(ends.map(end => end()));
  return outcomes.map(({ code, stdout }) => ({ ...(JSON.parse(stdout) as CounterAudit), code }));
}

/** Below every socket: live frames, out of the pod's own device. */
async function sendAMillion(): Promise<void> {
  const gateway = gatewayMac('n1');
  const ends = { netns: source.netns, nodeNetns: nodeOf(lab, source).netns };
  const [from, to] = [addressOf(source, 'ipv4'), addressOf(sink, 'ipv4')];
  takeFrames({ ...ends, address: from, gatewayMac: gateway });
  const frame = eth(await macOf(source, 'eth0'), gateway)
    .ip(from, to)
    .udp(20_000, 7_900, 'eighteen bytes ..!', { checksum: 0 })
    .bytes();
  using frames = new FrameSource(source.netns, 'eth0');
  frames.send({ frame, packets: 1.1 * MILLION, sourcePorts: { first: 20_000, count: 64 } });
}

async function pingOften(netns: string, to: string): Promise<void> {
  const { code, stdout } = await execIn(netns, ['ping', '-n', '-q', '-i', '0.002', '-c', String(PINGS), to]);
  if (code !== 0) throw new Error(`not every ping to ${to} was answered: ${stdout}`);
}

/** Every hook of n1 has work: pods, the node itself, hosts outside, the overlay and whoever lies. */
async function everything(): Promise<void> {
  const outside = addressOf({ name: 'outside', ...lab.outside }, 'ipv4');
  const [n1] = nodes;
  await Promise.all([
    streamArrives(far.netns, near.netns, addressOf(near, 'ipv4'), MEBIBYTES),
    streamArrives(near.netns, far.netns, addressOf(far, 'ipv6'), MEBIBYTES),
    pingOften(n1?.netns ?? '', addressOf(far, 'ipv4')),
    pingOften(n1?.netns ?? '', addressOf(near, 'ipv6')),
    pingOften(near.netns, outside),
    sendHostileFrames(t, lab),
    execIn(near.netns, ['ping', '-n', '-q', '-c', '1', '-W', '1', SERVICE.ipv4]), // no Service has an echo
  ]);
  await sendAMillion();
}

t.test('every packet of both nodes is accounted for', async t => {
  const audits = await auditsAround(everything);
  for (const [index, { hooks, devices, code }] of audits.entries()) {
    const node = nodes[index]?.name ?? '';
    t.equal(code, 0, `${node}: exit status`);
    const lines = [...hooks, ...devices];
    const wrong = lines.filter(({ difference }) => difference !== 0);
    t.strictSame(wrong, [], `${node}: no difference`);
    const ranges = lines.filter(({ outside: { min, max } }) => min !== max);
    t.strictSame(ranges, [], `${node}: and no range`);
    const judged = hooks.reduce((sum, { inside }) => sum + inside, 0);
    t.ok(judged > MILLION, `${node}: of more than a million packets`, { judged });
    t.comment(`${node}: ${lines.map(({ name, inside }) => `${name}: ${inside}`).join(', ')}`);
  }
  const hooks = audits[0]?.hooks ?? [];
  t.strictSame(
    hooks.filter(({ inside }) => inside >= PINGS).map(({ name }) => name),
    HOOK_NAMES,
    'every hook was busy',
  );
  const dropped = hooks.flatMap(({ verdicts }) =>
    Object.keys(verdicts).flatMap(name => familyOf(name) ?? []),
  );
  t.strictSame([...new Set(dropped)].sort(), FAMILIES, 'and dropped for every kind of reason');
});

t.test('a packet that was counted twice is a difference, and exit status 1', async t => {
  const { pinRoot } = nodeNamed(lab, 'n1');
  const end = await beginCheck('n1');
  const maps = openPinnedMaps(pinRoot);
  const index = HOOK_NAMES.indexOf('pod_tx') * VERDICT_MAX + Verdict.REDIRECT_OVERLAY;
  const [first, ...others] = maps.hd_metrics.get(index) ?? [];
  if (first !== undefined) maps.hd_metrics.set(index, [{ ...first, packets: first.packets + 1n }, ...others]);
  for (const map of Object.values(maps)) map[Symbol.dispose]();
  const { code, stdout } = await end();
  t.equal(code, 1);
  t.match(stdout, /^pod_tx( +\d+){4} +1$/m);
  t.match(stdout, /^sent to other nodes, sent by the uplink past the host( +\d+){2} +1$/m);
});

t.test('a time that is none is refused', async t => {
  const words = ['--lab', lab.options.name, '--node', 'n1', 'stats', '--check', '--seconds', '-1'];
  const { code, stderr } = await heddlectl(...words);
  t.equal(code, 2);
  t.match(stderr, /--seconds cannot be '-1': use a number/);
});

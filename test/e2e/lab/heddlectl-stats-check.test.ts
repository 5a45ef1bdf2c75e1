// heddlectl stats --check: the books of a busy node close, and a counter that lies is noticed.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { VERDICT_MAX, Verdict } from '../../../loader/abi/abi.gen.ts';
import { HOOK_NAMES } from '../../../loader/abi/hook-name.ts';
import { openPinnedMaps } from '../../../loader/datapath/pinned-maps.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { heddlectl, outcomeOf, startHeddlectl } from '../../support/heddlectl.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { Probe } from '../../support/probe/probe.ts';
import { streamArrives } from '../../support/stream.ts';

t.setTimeout(600_000);

interface Line {
  readonly name: string;
  readonly inside: number;
  readonly outside: { readonly least: number; readonly most: number };
  readonly difference: number;
}

interface Books {
  readonly hooks: readonly (Line & { readonly verdicts: Readonly<Record<string, number>> })[];
  readonly devices: readonly Line[];
}

const lab = await testLab(t, { podsPerNode: 2 });
const [near, sibling, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
const probe = new Probe();
t.teardown(() => probe.close());

/** Both readings meet a quiet node: nothing is on its way, and every line must be exact. */
async function booksAround(node: string, traffic: () => Promise<unknown>): Promise<Books> {
  const words = ['-j', '--lab', lab.options.name, '--node', node, 'stats', '--check', '--seconds', '6'];
  const checking = outcomeOf(startHeddlectl(...words));
  await sleep(1_200);
  await traffic();
  const { code, stdout, stderr } = await checking;
  t.equal(code, 0, stderr);
  return JSON.parse(stdout) as Books;
}

function packetsOf({ hooks }: Books, hook: string): number {
  return hooks.find(({ name }) => name === hook)?.inside ?? 0;
}

/** TCP to another node and back, and on the same node many flows that nobody answers. */
async function allKinds(): Promise<void> {
  await Promise.all([
    streamArrives(far.netns, near.netns, addressOf(near, 'ipv4'), 300),
    streamArrives(near.netns, far.netns, addressOf(far, 'ipv6'), 300),
    probe.flood({
      ...{ netns: near.netns, from: addressOf(near, 'ipv4'), to: addressOf(sibling, 'ipv4') },
      ...{ port: 7_900, flows: 20_000 },
    }),
  ]);
}

t.test('every packet of both nodes is accounted for', async t => {
  for (const node of ['n1', 'n2']) {
    const books = await booksAround(node, allKinds);
    const lines = [...books.hooks, ...books.devices];
    t.strictSame(
      lines.filter(({ difference }) => difference !== 0),
      [],
      `${node}: no difference`,
    );
    const inexact = lines.filter(({ outside: { least, most } }) => least !== most);
    const shared = 'sent to other nodes, sent by the uplink'; // also the host's own
    t.strictSame(
      inexact.map(({ name }) => name).filter(name => name !== shared),
      [],
      `${node}: and no range`,
    );
    t.ok(packetsOf(books, 'pod_tx') > 1_000 && packetsOf(books, 'uplink_rx') > 1_000, 'of much traffic');
    t.comment(lines.map(({ name, inside }) => `${name}: ${inside}`).join(', '));
  }
});

t.test('a packet that was counted twice is a difference, and exit status 1', async t => {
  const { pinRoot } = nodeNamed(lab, 'n1');
  const words = ['--lab', lab.options.name, '--node', 'n1', 'stats', '--check', '--seconds', '3'];
  const checking = outcomeOf(startHeddlectl(...words));
  await sleep(1_500);
  const maps = openPinnedMaps(pinRoot);
  const index = HOOK_NAMES.indexOf('pod_tx') * VERDICT_MAX + Verdict.DELIVER_OVERLAY;
  const [first, ...others] = maps.hd_metrics.get(index) ?? [];
  if (first !== undefined) maps.hd_metrics.set(index, [{ ...first, packets: first.packets + 1n }, ...others]);
  for (const map of Object.values(maps)) map[Symbol.dispose]();
  const { code, stdout } = await checking;
  t.equal(code, 1);
  t.match(stdout, /^pod_tx( +\d+){4} +1$/m);
});

t.test('a time that is none is refused', async t => {
  const { code, stderr } = await heddlectl(
    '--lab',
    lab.options.name,
    '--node',
    'n1',
    'stats',
    '--check',
    '--seconds',
    '-1',
  );
  t.equal(code, 2);
  t.match(stderr, /--seconds cannot be '-1': use a number/);
});

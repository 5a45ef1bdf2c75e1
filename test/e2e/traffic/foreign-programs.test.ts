// Programs of others stay where they are and see what passes; on pods' devices ours is first all the same.
import { queryTcx, type Direction } from 'libbpf-ts';
import t from 'tap';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { ipIn } from '../../../lab/iproute.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import { deviceTowards } from '../../support/device-mac.ts';
import { attachForeign } from '../../support/foreign-program.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { eachWay, failuresOf, serveAll } from '../../support/reach.ts';
import { ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

const lab = await testLab(t);
const [pod, near, far] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
const [node, other] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2')];
const { netns } = node;
const device = (await deviceTowards(node, addressOf(pod, 'ipv4'))).ifindex;
const uplink = (await deviceTowards(node, addressOf(other, 'ipv4'))).ifindex;

const foreign = {
  'the first at what the pod sends': attachForeign(t, {
    netns,
    ifindex: device,
    direction: 'ingress',
    first: true,
  }),
  'the last at what the pod sends': attachForeign(t, { netns, ifindex: device, direction: 'ingress' }),
  'the first at what the pod is sent': attachForeign(t, {
    netns,
    ifindex: device,
    direction: 'egress',
    first: true,
  }),
  'the first at the wire': attachForeign(t, { netns, ifindex: uplink, direction: 'ingress', first: true }),
  'the last at the wire': attachForeign(t, { netns, ifindex: uplink, direction: 'ingress' }),
  'the last before the wire': attachForeign(t, { netns, ifindex: uplink, direction: 'egress' }),
} as const;
type Name = keyof typeof foreign;

await serveAll(t, [pod, near, far]);
// Nobody tells the daemon of programs: it looks when anything of the node's network changes.
ipIn(netns, ['address add 192.0.2.1/32 dev lo']);

t.test('ours is first again, soon after another went before it', async t => {
  const places = [
    ['what the pod sends', device, 'ingress'],
    ['what the pod is sent', device, 'egress'],
    ['what comes by the wire', uplink, 'ingress'],
  ] as const;
  for (const [what, ifindex, direction] of places)
    t.ok(
      await until(() => isOursFirst(ifindex, direction)),
      `${what}: ${JSON.stringify(chain(ifindex, direction))}`,
    );
  const [, ...others] = chain(device, 'ingress');
  const names: readonly Name[] = ['the first at what the pod sends', 'the last at what the pod sends'];
  t.strictSame(
    others,
    names.map(name => foreign[name].linkId),
    'the others keep their order',
  );
});

const shown: readonly (readonly [title: string, address: string, by: readonly Name[]])[] = [
  [
    'a ping to the node',
    addressOf(node, 'ipv4'),
    [
      'the first at what the pod sends',
      'the last at what the pod sends',
      'the first at what the pod is sent',
    ],
  ],
  ['a tunnel packet', addressOf(far, 'ipv4'), ['the first at the wire', 'the last before the wire']],
  [
    'a ping to a host outside',
    lab.outside.addresses[0] ?? '',
    [
      'the first at what the pod sends',
      'the last at what the pod sends',
      'the first at the wire',
      'the last at the wire',
      'the last before the wire',
    ],
  ],
];

for (const [title, address, by] of shown) {
  t.test(`${title} is shown to others`, async t => {
    const before = seen();
    t.ok(await ping(pod.netns, address), 'and answered');
    const after = seen();
    for (const name of by) t.ok(after[name] > before[name], `to ${name}`);
  });
}

t.test('with all of them there every pod reaches every other', async t => {
  t.strictSame(await unreachable(), []);
});

t.test('a daemon that is killed and comes back leaves every chain as it was', async t => {
  const before = chains();
  await killDaemon(node);
  startDaemon(node);
  await waitForDaemon(node);
  t.strictSame(chains(), before);
  t.strictSame(await unreachable(), []);
});

function unreachable(): Promise<string[]> {
  const pairs = [
    [pod, near],
    [near, pod],
    [pod, far],
    [far, pod],
  ] as const;
  return failuresOf(pairs.flatMap(([from, to]) => eachWay(from, to, ['ipv4', 'ipv6'])));
}

function seen(): Record<Name, number> {
  const counts = Object.entries(foreign).map(([name, program]) => [name, program.seen()] as const);
  return Object.fromEntries(counts) as Record<Name, number>;
}

function chain(ifindex: number, direction: Direction): number[] {
  return queryTcx(ifindex, direction, netns).map(({ linkId }) => linkId);
}

function chains(): number[][] {
  return [device, uplink].flatMap(ifindex => [chain(ifindex, 'ingress'), chain(ifindex, 'egress')]);
}

/** Putting ours first again gives it another link. */
function isOursFirst(ifindex: number, direction: Direction): boolean {
  const [first] = chain(ifindex, direction);
  return listPinnedLinks(node.pinRoot).some(({ linkId }) => linkId === first);
}

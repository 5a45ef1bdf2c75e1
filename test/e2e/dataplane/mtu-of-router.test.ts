// A router between the nodes carries less than their uplinks: plain packets learn it from the router itself; for the
// overlay the daemon is told by `mtu`.
import t from 'tap';
import { ipIn } from '../../../lab/iproute.ts';
import { addressOf, podNamed, testLab, type TestLabOptions } from '../../support/lab.ts';
import { streamArrives } from '../../support/stream.ts';

const ROUTER_MTU = 1_380;
const MEBIBYTES = 4;

const clusters: readonly (readonly [title: string, options: TestLabOptions])[] = [
  ['encapsulated over IPv4', { config: { mtu: ROUTER_MTU } }],
  ['encapsulated over IPv6', { config: { mtu: ROUTER_MTU }, underlayFamilies: 'ipv6' }],
  ['plain', { encapsulation: 'never' }],
];

for (const [title, options] of clusters) {
  t.test(`large TCP streams arrive whole, ${title}`, async t => {
    const lab = await testLab(t, { ...options, underlay: 'routed', podsPerNode: 1 });
    const [one, two] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
    ipIn(lab.fabricNetns, [`link set br2 mtu ${ROUTER_MTU}`]);
    for (const family of ['ipv4', 'ipv6'] as const) {
      t.ok(
        await streamArrives(one.netns, two.netns, addressOf(two, family), MEBIBYTES),
        `towards the narrow link, ${family}`,
      );
      t.ok(
        await streamArrives(two.netns, one.netns, addressOf(one, family), MEBIBYTES),
        `from behind it, ${family}`,
      );
    }
  });
}

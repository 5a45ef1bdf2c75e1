// A router between the nodes carries less than their uplinks: plain packets learn it from the router itself, and so does the
// overlay over IPv6; or `mtu` is configured.
import t from 'tap';
import { ipIn } from '../../../lab/iproute.ts';
import { addressOf, podNamed, testLab, type TestLabOptions } from '../../support/lab.ts';
import { execIn } from '../../../lab/exec.ts';
import { streamArrives } from '../../support/stream.ts';
import { until } from '../../support/until.ts';

const ROUTER_MTU = 1_380;
const MEBIBYTES = 4;
const LEARNT_MS = 20_000;

const clusters: readonly (readonly [title: string, options: TestLabOptions])[] = [
  ['encapsulated over IPv4', { config: { mtu: ROUTER_MTU } }],
  ['encapsulated over IPv6', { config: { mtu: ROUTER_MTU }, underlayFamilies: 'ipv6' }],
  ['encapsulated over IPv6, as the router says', { underlayFamilies: 'ipv6' }],
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

t.test(
  'an overlay over IPv6 that a router answers: pods get "too big", with the path less the outer headers',
  async t => {
    const lab = await testLab(t, {
      underlayFamilies: 'ipv6',
      underlay: 'routed',
      podsPerNode: 1,
      nic: ['small-mtu'],
    });
    const [one, two] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];
    for (const [family, headerBytes] of [
      ['ipv4', 28],
      ['ipv6', 48],
    ] as const) {
      const ping = (bytes: number) =>
        execIn(one.netns, [
          'ping',
          '-c',
          '1',
          '-W',
          '1',
          '-M',
          'do',
          '-s',
          String(bytes - headerBytes),
          addressOf(two, family),
        ]);
      const isTold = async () =>
        /mtu[ =]1330/i.test(await ping(1_400).then(({ stdout, stderr }) => stdout + stderr));
      t.ok(await until(isTold, LEARNT_MS), `${family}: is told`);
      t.equal((await ping(1_330)).code, 0, `${family}: as much arrives`);
    }
  },
);

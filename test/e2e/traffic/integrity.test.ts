// Not one wrong byte reaches an application, whatever NICs and paths do; and what a path has spoiled is refused by the
// pod's own stack, which counts it.
import t, { type Test } from 'tap';
import { nodeNamed, nodeOf, type Lab, type LabPod } from '../../../lab/lab.ts';
import { pathCounts } from '../../../lab/path.ts';
import { writeSysctls } from '../../../lab/iproute.ts';
import { checksumErrors } from '../../support/integrity/stack-counters.ts';
import {
  exchange,
  PORT,
  startCheckingServer,
  type CheckingServer,
  type Protocol,
} from '../../support/integrity/exchange.ts';
import { UNDERLAYS, type Underlay } from '../../support/integrity/profiles.ts';
import { writeServiceRules } from '../../../lab/kube-proxy.ts';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';

t.setTimeout(3_600_000);

const FAMILIES = ['ipv4', 'ipv6'] as const;
type Family = (typeof FAMILIES)[number];

/** Of a Service whose backend is on the other node. */
const SERVICE = { ipv4: '10.96.0.30', ipv6: 'fd96::30' } as const;
const POD_RANGE = { ipv4: '10.244.0.0/16', ipv6: 'fd00:244::/48' } as const;
const DATAPATHS = [
  { title: 'overlay', encapsulation: 'always' },
  { title: "overlay without the kernel's vxlan", encapsulation: 'always', kernelVxlan: 'never' },
  { title: 'direct', encapsulation: 'never' },
] as const;

interface Way {
  readonly title: string;
  readonly server: LabPod;
  /** Where the client sends. */
  to(family: Family): string;
  readonly crossesUnderlay: boolean;
}

for (const underlay of UNDERLAYS)
  t.test(underlay.title, async t => {
    for (const { title, encapsulation, ...tunnel } of DATAPATHS)
      await t.test(title, async t => {
        const { nic, underlay: shape } = underlay;
        const lab = await testLab(t, { encapsulation, nic, underlay: shape, config: { tunnel } });
        if (underlay.title === 'silent-mtu' && encapsulation === 'never') probePathMtu(lab);
        const client = podNamed(lab, 'n1-p1');
        const [near, far] = [podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
        await writeService(lab, far);
        const servers = new Map(
          await Promise.all([near, far].map(async pod => [pod, await startCheckingServer(t, pod)] as const)),
        );
        const ways: readonly Way[] = [
          { title: 'same node', server: near, to: family => addressOf(near, family), crossesUnderlay: false },
          { title: 'other node', server: far, to: family => addressOf(far, family), crossesUnderlay: true },
          { title: 'by a Service', server: far, to: family => SERVICE[family], crossesUnderlay: true },
        ];
        for (const way of ways)
          for (const family of FAMILIES)
            for (const protocol of ['tcp', 'udp'] as const)
              await t.test(`${way.title}, ${protocol}, ${family}`, t =>
                check(t, { lab, client, way, family, protocol, underlay, server: servers.get(way.server) }),
              );
      });
  });

interface Case {
  readonly lab: Lab;
  readonly client: LabPod;
  readonly way: Way;
  readonly family: Family;
  readonly protocol: Protocol;
  readonly underlay: Underlay;
  readonly server: CheckingServer | undefined;
}

async function check(t: Test, row: Case): Promise<void> {
  const { client, way, family, protocol, underlay, server } = row;
  if (server === undefined) throw new Error(`no server runs in ${way.server.name}`);
  const before = await counted(row);
  const { maxDatagramBytes } = underlay;
  const plan = { from: client, to: way.to(family), protocol, maxDatagramBytes };
  const { sent, byServer, byClient } = await exchange(plan, server);
  const after = await counted(row);

  t.strictSame([byServer.wrong, byClient.wrong], [0, 0], 'nothing wrong reaches an application');
  if (protocol === 'tcp' || !underlay.loses || !way.crossesUnderlay)
    t.strictSame([byServer.arrived, byClient.arrived], [sent, sent], 'all arrives');
  else t.ok(byClient.arrived > sent / 2, 'most datagrams come back', { byServer, byClient });
  if (protocol === 'udp' && !(underlay.duplicates && way.crossesUnderlay))
    t.strictSame([byServer.duplicates, byClient.duplicates], [0, 0], 'each once');
  const refused = after.refused - before.refused;
  const corrupted = after.corrupted - before.corrupted;
  if (corrupted === 0) t.equal(refused, 0, 'no checksum is found wrong');
  else {
    const most = underlay.duplicates ? 2 * corrupted : corrupted; // a spoiled frame may come twice
    t.ok(refused > corrupted / 2 && refused <= most, 'what was spoiled is refused', { refused, corrupted });
  }
}

/** At the server: what its stack has refused, and how many frames the path to its node has spoiled. */
async function counted({ lab, way, protocol, underlay }: Case) {
  const { server, crossesUnderlay } = way;
  const corrupted = underlay.corrupts && crossesUnderlay ? pathCounts(lab, nodeOf(lab, server)).corrupted : 0;
  return { refused: await checksumErrors(server, protocol), corrupted };
}

async function writeService(lab: Lab, backend: LabPod): Promise<void> {
  const rules = FAMILIES.map(family => ({
    ...{ family, port: PORT, nodePort: PORT, clusterIp: SERVICE[family] },
    ...{ podRange: POD_RANGE[family], backends: [addressOf(backend, family)] },
  }));
  await writeServiceRules(nodeNamed(lab, 'n1'), 'nftables', rules);
}

/** Packetization layer path MTU discovery (RFC 4821): plain routers that say nothing leave it to the ends. */
function probePathMtu(lab: Lab): void {
  for (const { netns } of lab.pods) writeSysctls(netns, { 'net.ipv4.tcp_mtu_probing': '2' });
}

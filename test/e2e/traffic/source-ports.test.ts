// One source port, several Services of one backend and the backend itself: netfilter gives the second flow another source
// port behind FORWARD, and its answers must come back through netfilter.
import t, { type Test } from 'tap';
import { nodeNamed, type LabPod } from '../../../lab/lab.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { Probe, type HeldFlow } from '../../support/probe/probe.ts';

t.setTimeout(600_000);

const SERVICES = { ipv4: ['172.20.0.1', '172.20.0.2'], ipv6: ['fd20::1', 'fd20::2'] } as const;
const PORT = 80;
const PATIENCE_MS = 30_000;
/** For a datagram's answer, before it counts as lost. */
const DATAGRAM_MS = 10_000;
/** In all cases together, 21,600 connections and 4,800 flows of datagrams. */
const MANY = { TCP: 450, UDP: 100 } as const;
/** Netfilter still knows a UDP client of the backend before: this one has other ports. */
const PORTS_PER_BACKEND = 500;

type Family = keyof typeof SERVICES;
type Protocol = keyof typeof MANY;

async function leadTo(node: { readonly netns: string }, backend: LabPod): Promise<void> {
  const rules = (['ipv4', 'ipv6'] as const).map(family => {
    const [l3, protocol] = family === 'ipv4' ? ['ip', 'ip'] : ['ip6', 'ip6'];
    const services = SERVICES[family].join(', ');
    const to = addressOf(backend, family);
    return `${l3} daddr { ${services} } dnat ${protocol} to ${to}`;
  });
  const chain = `chain pre { type nat hook prerouting priority dstnat; ${rules.join('; ')}; }`;
  await mustExec(node, 'nft', `table inet services { ${chain}; }`);
}

async function openAll(
  probe: Probe,
  client: LabPod,
  family: Family,
  {
    protocol,
    targets,
    firstPort,
  }: { readonly protocol: Protocol; readonly targets: readonly string[]; readonly firstPort: number },
): Promise<readonly HeldFlow[]> {
  const ends = { netns: client.netns, protocol, from: addressOf(client, family), port: PORT } as const;
  const flows: HeldFlow[] = [];
  // One after the other: which of them comes first decides whose source port is changed.
  for (const to of targets) {
    const questions = Array.from({ length: MANY[protocol] }, (_, i) => ({
      ...{ ...ends, to, sourcePort: firstPort + i },
    }));
    flows.push(...(await probe.hold(questions, PATIENCE_MS)));
  }
  return flows;
}

function unanswered(flows: readonly { readonly answered: boolean; readonly problem: string }[]): string[] {
  return flows.filter(({ answered }) => !answered).map(({ problem }) => problem);
}

interface Ends {
  readonly probe: Probe;
  readonly client: LabPod;
  readonly backend: LabPod;
  readonly family: Family;
  readonly firstPort: number;
}

/** Flows that have stopped. A single datagram may get lost beside load: it is asked once more, a flow that hangs stays silent. */
async function silent(
  t: Test,
  { probe }: Ends,
  protocol: Protocol,
  flows: readonly HeldFlow[],
): Promise<string[]> {
  const answers = await probe.again(flows, protocol === 'UDP' ? DATAGRAM_MS : PATIENCE_MS);
  if (protocol !== 'UDP') return unanswered(answers);
  const quiet = flows.filter((_, index) => answers[index]?.answered !== true);
  if (quiet.length === 0) return [];
  t.comment(`${quiet.length} of ${flows.length} datagrams were lost`);
  return unanswered(await probe.again(quiet, PATIENCE_MS));
}

async function check(t: Test, protocol: Protocol, ends: Ends): Promise<void> {
  const { probe, client, backend, family } = ends;
  const [one, other] = SERVICES[family];
  const own = addressOf(backend, family);
  for (const [what, offset, targets] of [
    ['two Services', 0, [one, other]],
    ['a Service, then its backend', 1_000, [one, own]],
    ['a backend, then its Service', 2_000, [own, one]],
  ] as const)
    await t.test(`${family}, ${protocol}: ${what}, ${MANY[protocol]} source ports`, async t => {
      const firstPort = ends.firstPort + offset;
      const flows = await openAll(probe, client, family, { protocol, targets, firstPort });
      t.strictSame(unanswered(flows), [], 'all connect');
      for (const when of ['and go on when all are open', 'and on'])
        t.strictSame(await silent(t, ends, protocol, flows), [], when);
    });
}

for (const encapsulation of ['always', 'never'] as const)
  t.test(`encapsulation ${encapsulation}`, async t => {
    const lab = await testLab(t, { encapsulation });
    const client = podNamed(lab, 'n1-p1');
    // Datagrams first: once the client has used up its share of hd_ct, what it asks is evictable.
    for (const protocol of ['UDP', 'TCP'] as const)
      for (const [index, name] of ['n1-p2', 'n2-p1'].entries())
        await t.test(`${protocol}, the backend is ${name}`, async t => {
          const backend = podNamed(lab, name);
          const firstPort = 41_000 + index * PORTS_PER_BACKEND;
          await leadTo(nodeNamed(lab, 'n1'), backend);
          for (const family of ['ipv4', 'ipv6'] as const) {
            const probe = new Probe();
            const server = { netns: backend.netns, address: addressOf(backend, family), port: PORT };
            if (protocol === 'TCP') probe.echo(server);
            await probe.serve(protocol === 'UDP' ? [{ ...server, protocol }] : []);
            try {
              await check(t, protocol, { probe, client, backend, family, firstPort });
            } finally {
              await probe.close();
            }
          }
          await mustExec(nodeNamed(lab, 'n1'), 'nft', 'delete table inet services');
        });
  });

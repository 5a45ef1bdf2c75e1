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
/** In all cases together, 21,600 connections. */
const MANY = 450;

type Family = keyof typeof SERVICES;

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
  { targets, firstPort }: { readonly targets: readonly string[]; readonly firstPort: number },
): Promise<readonly HeldFlow[]> {
  const ends = { netns: client.netns, protocol: 'TCP', from: addressOf(client, family), port: PORT } as const;
  const flows: HeldFlow[] = [];
  // One after the other: which of them comes first decides whose source port is changed.
  for (const to of targets) {
    const questions = Array.from({ length: MANY }, (_, i) => ({
      ...{ ...ends, to, sourcePort: firstPort + i },
    }));
    flows.push(...(await probe.hold(questions, PATIENCE_MS)));
  }
  return flows;
}

function unanswered(flows: readonly { readonly answered: boolean; readonly problem: string }[]): string[] {
  return flows.filter(({ answered }) => !answered).map(({ problem }) => problem);
}

async function check(t: Test, probe: Probe, client: LabPod, backend: LabPod, family: Family): Promise<void> {
  const [one, other] = SERVICES[family];
  const own = addressOf(backend, family);
  for (const [what, firstPort, targets] of [
    ['two Services', 41_000, [one, other]],
    ['a Service, then its backend', 42_000, [one, own]],
    ['a backend, then its Service', 43_000, [own, one]],
  ] as const)
    await t.test(`${family}: ${what}, ${MANY} source ports`, async t => {
      const flows = await openAll(probe, client, family, { targets, firstPort });
      t.strictSame(unanswered(flows), [], 'all connect');
      t.strictSame(unanswered(await probe.again(flows, PATIENCE_MS)), [], 'and go on when all are open');
    });
}

for (const encapsulation of ['always', 'never'] as const)
  t.test(`encapsulation ${encapsulation}`, async t => {
    const lab = await testLab(t, { encapsulation });
    const client = podNamed(lab, 'n1-p1');
    for (const name of ['n1-p2', 'n2-p1'])
      await t.test(`the backend is ${name}`, async t => {
        const backend = podNamed(lab, name);
        await leadTo(nodeNamed(lab, 'n1'), backend);
        for (const family of ['ipv4', 'ipv6'] as const) {
          const probe = new Probe();
          probe.echo({ netns: backend.netns, address: addressOf(backend, family), port: PORT });
          await probe.serve([]);
          try {
            await check(t, probe, client, backend, family);
          } finally {
            await probe.close();
          }
        }
        await mustExec(nodeNamed(lab, 'n1'), 'nft', 'delete table inet services');
      });
  });

// Datagrams larger than a packet: policy checks their fragments by the first one's ports, in both families.
import t from 'tap';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, writePolicy } from '../../support/lab-policy.ts';
import { Probe } from '../../support/probe/probe.ts';
import { eventually } from '../../support/until.ts';

t.setTimeout(600_000);

/** Three fragments on every path. */
const BYTES = 4_000;
const PORTS = { open: 80, closed: 81 } as const;
const FAMILIES = ['ipv4', 'ipv6'] as const;
const TIMEOUT_MS = 500;

for (const encapsulation of ['always', 'never'] as const)
  t.test(`encapsulation ${encapsulation}`, async t => {
    const lab = await testLab(t, { encapsulation });
    const probe = new Probe();
    t.teardown(() => probe.close());
    const subject = podNamed(lab, 'n1-p1');
    const askers = [podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
    writePolicy(lab, 'open', {
      podSelector: podsNamed(subject.name),
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: PORTS.open, protocol: 'UDP' }] }],
    });
    const rows = askers.flatMap(from =>
      FAMILIES.flatMap(family =>
        Object.values(PORTS).map(port => ({
          netns: from.netns,
          protocol: 'UDP' as const,
          from: addressOf(from, family),
          to: addressOf(subject, family),
          port,
          bytes: BYTES,
        })),
      ),
    );
    const { netns } = subject;
    await probe.serve(rows.map(({ protocol, to, port }) => ({ netns, protocol, address: to, port })));
    const look = async (): Promise<string[]> => {
      const answers = await probe.ask(rows, TIMEOUT_MS);
      return answers.map(({ answered }, i) => `${rows[i]?.from} ${rows[i]?.port} ${answered}`);
    };
    const expected = rows.map(({ from, port }) => `${from} ${port} ${port === PORTS.open}`);
    t.strictSame(await eventually(look, expected), expected);
  });

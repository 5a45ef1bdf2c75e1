// Which destinations go through the overlay: all, none, or those beyond the subnet, as the configuration says.
import t from 'tap';
import type { LabOptions } from '../../../lab/plan.ts';
import { countedDuring } from '../../support/counters.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';

t.setTimeout(600_000);

const PINGS = 5;
/** Nodes n1 and n2 share a subnet, n3 is beyond a router. */
const modes: readonly (readonly [LabOptions['encapsulation'], near: string, far: string])[] = [
  ['always', 'REDIRECT_OVERLAY', 'REDIRECT_OVERLAY'],
  ['cross-subnet', 'REDIRECT_DIRECT', 'REDIRECT_OVERLAY'],
  ['never', 'REDIRECT_DIRECT', 'REDIRECT_DIRECT'],
];

for (const [encapsulation, near, far] of modes) {
  t.test(encapsulation, async t => {
    const lab = await testLab(t, { encapsulation, nodes: 3, underlay: 'paired', podsPerNode: 1 });
    const from = podNamed(lab, 'n1-p1');
    for (const [name, verdict] of [
      ['n2-p1', near],
      ['n3-p1', far],
    ] as const) {
      for (const family of ['ipv4', 'ipv6'] as const) {
        const to = addressOf(podNamed(lab, name), family);
        const counted = await countedDuring(lab, 'n1', `pod_tx ${verdict}`, () =>
          mustExec(from, 'ping', '-n', '-q', '-c', String(PINGS), '-i', '0.05', '-W', '2', to),
        );
        t.equal(counted, PINGS, `${name}, ${family}: ${verdict}`);
      }
    }
  });
}

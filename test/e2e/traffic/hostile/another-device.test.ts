// VXLAN by a device that is not the uplink reaches the kernel's own vxlan, and is checked after it by the same rules.
import t from 'tap';
import { nodeNamed } from '../../../../lab/lab.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { testLab } from '../../../support/lab.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { judgeArrivals, listenEverywhere } from './arrivals.ts';
import { addSecondDevice, SECOND } from './second-device.ts';
import { tunnelRows } from './tunnel-rows.ts';

const lab = await testLab(t, { nodes: 3 });
const victim = nodeNamed(lab, 'n1');
const wire = await addSecondDevice(lab, victim);

t.test('what arrives by another device', async t =>
  judgeArrivals(t, tunnelRows(lab, wire), {
    sender: await frameSender(t, lab.fabricNetns, SECOND),
    counters: nodeCounters(t, victim),
    listeners: await listenEverywhere(t, lab),
    hookOf: () => 'overlay_rx',
  }),
);

// VXLAN by the uplink is admitted only from a node, of our VNI, with an inner source that is that node's.
import t from 'tap';
import { nodeNamed } from '../../../../lab/lab.ts';
import { macOf } from '../../../support/device-mac.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { testLab } from '../../../support/lab.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { eth } from '../../../support/packet/packet.ts';
import { judgeArrivals, listenEverywhere } from './arrivals.ts';
import { tunnelRows } from './tunnel-rows.ts';

const lab = await testLab(t, { nodes: 3 });
const victim = nodeNamed(lab, 'n1');
const wire = eth(await macOf(nodeNamed(lab, 'n2'), 'eth0'), await macOf(victim, 'eth0'));

t.test('what arrives by the uplink', async t =>
  judgeArrivals(t, tunnelRows(lab, wire), {
    sender: await frameSender(t, lab.fabricNetns, victim.name),
    counters: nodeCounters(t, victim),
    listeners: await listenEverywhere(t, lab),
    hookOf: () => 'uplink_rx',
  }),
);

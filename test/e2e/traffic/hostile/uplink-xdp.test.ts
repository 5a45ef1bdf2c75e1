// With XDP on, the same lies end before an skb exists, counted by uplink_xdp.
import t from 'tap';
import { nodeNamed } from '../../../../lab/lab.ts';
import { macOf } from '../../../support/device-mac.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { testLab } from '../../../support/lab.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { eth } from '../../../support/packet/packet.ts';
import { judgeArrivals, listenEverywhere } from './arrivals.ts';
import { tunnelRows } from './tunnel-rows.ts';

const lab = await testLab(t, { nodes: 3, xdp: 'generic' });
const victim = nodeNamed(lab, 'n1');
const wire = eth(await macOf(nodeNamed(lab, 'n2'), 'eth0'), await macOf(victim, 'eth0'));

t.test('what arrives by an uplink with XDP', async t =>
  judgeArrivals(t, tunnelRows(lab, wire), {
    sender: await frameSender(t, lab.fabricNetns, victim.name),
    counters: nodeCounters(t, victim),
    listeners: await listenEverywhere(t, lab),
    // Where a packet goes is asked later, when there is an skb to send there.
    hookOf: verdict => (verdict === 'DROP_TUNNEL_DESTINATION' ? 'uplink_rx' : 'uplink_xdp'),
  }),
);

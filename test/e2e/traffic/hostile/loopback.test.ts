// What a process of the node sends as VXLAN to the node itself is no other node's, whatever is inside.
import t from 'tap';
import { nodeNamed } from '../../../../lab/lab.ts';
import { datagramSender } from '../../../support/frame-sender.ts';
import { addressOf, testLab } from '../../../support/lab.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { bare, packetOf } from '../../../support/packet/packet.ts';
import { VXLAN_PORT } from '../../../support/packet/vxlan.ts';
import { listenEverywhere } from './arrivals.ts';
import { eachIsDropped } from './row.ts';
import { tunnelRows } from './tunnel-rows.ts';

/** Outer IP and UDP, which the sending socket writes. */
const OUTER_LAYERS = 2;

const lab = await testLab(t, { nodes: 3 });
const victim = nodeNamed(lab, 'n1');
const listeners = await listenEverywhere(t, lab);
const counters = nodeCounters(t, victim);

for (const family of ['ipv4', 'ipv6'] as const) {
  t.test(`VXLAN from the node to itself over ${family} is dropped`, async t => {
    const to = { host: addressOf(victim, family), port: VXLAN_PORT };
    const rows = tunnelRows(lab, bare()).map(({ title, packet }) => ({
      ...{ title, packets: [packetOf(packet.layers.slice(OUTER_LAYERS))] },
      drops: ['overlay_rx DROP_TUNNEL_SOURCE × 1'],
    }));
    await eachIsDropped(t, rows, { sender: await datagramSender(t, victim.netns, to), counters });
    const heard = listeners.flatMap(listener => listener.heard);
    t.strictSame(heard, [], 'and not heard');
  });
}

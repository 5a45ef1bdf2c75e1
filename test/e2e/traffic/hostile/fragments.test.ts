// VXLAN in outer fragments reaches the kernel's own vxlan, and is checked after it by the same rules.
import t from 'tap';
import { nodeNamed } from '../../../../lab/lab.ts';
import { macOf } from '../../../support/device-mac.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { testLab } from '../../../support/lab.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { fragmentPacket } from '../../../support/packet/fragment-packet.ts';
import { eth } from '../../../support/packet/packet.ts';
import { judgeArrivals, listenEverywhere } from './arrivals.ts';
import { tunnelRows } from './tunnel-rows.ts';

/** The first one ends within the inner frame's headers. */
const FRAGMENT_BYTES = 32;

const lab = await testLab(t, { nodes: 3 });
const victim = nodeNamed(lab, 'n1');
const wire = eth(await macOf(nodeNamed(lab, 'n2'), 'eth0'), await macOf(victim, 'eth0'));

t.test('what arrives in outer fragments', async t =>
  judgeArrivals(t, tunnelRows(lab, wire), {
    sender: await frameSender(t, lab.fabricNetns, victim.name),
    counters: nodeCounters(t, victim),
    listeners: await listenEverywhere(t, lab),
    hookOf: () => 'overlay_rx',
    cut: (packet, row) => fragmentPacket(packet, FRAGMENT_BYTES, row + 1),
  }),
);

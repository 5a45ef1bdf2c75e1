// VXLAN by a device that is not the uplink reaches the kernel's own vxlan, and is judged behind it by the same rules.
import { basename } from 'node:path';
import t from 'tap';
import { ipIn, writeSysctls } from '../../../../lab/iproute.ts';
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
ipIn(lab.fabricNetns, [
  `link add second type veth peer name eth1 netns ${basename(victim.netns)}`,
  'link set second up',
]);
ipIn(victim.netns, ['address add 172.16.9.1/24 dev eth1', 'link set eth1 up']);
// The kernel's own check would refuse the outer source there before we can.
writeSysctls(victim.netns, { 'net.ipv4.conf.all.rp_filter': '0', 'net.ipv4.conf.eth1.rp_filter': '0' });
const wire = eth(await macOf({ netns: lab.fabricNetns }, 'second'), await macOf(victim, 'eth1'));

t.test('what arrives by another device', async t =>
  judgeArrivals(t, tunnelRows(lab, wire), {
    sender: await frameSender(t, lab.fabricNetns, 'second'),
    counters: nodeCounters(t, victim),
    listeners: await listenEverywhere(t, lab),
    hookOf: () => 'overlay_rx',
  }),
);

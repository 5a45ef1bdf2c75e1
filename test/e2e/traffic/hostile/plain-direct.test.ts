// Where pods come plain, they come by the uplink and from the MAC of their node; nobody else speaks for them.
import t from 'tap';
import { nodeNamed } from '../../../../lab/lab.ts';
import { macOf } from '../../../support/device-mac.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { addressOf, testLab } from '../../../support/lab.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { eth } from '../../../support/packet/packet.ts';
import { ping } from '../../../support/traffic.ts';
import { judgeArrivals, listenEverywhere } from './arrivals.ts';
import { plainRows } from './plain-rows.ts';
import { addSecondDevice, SECOND } from './second-device.ts';

const lab = await testLab(t, { encapsulation: 'never', nodes: 3 });
const victim = nodeNamed(lab, 'n1');
const counters = nodeCounters(t, victim);
const own = await macOf(victim, 'eth0');
const macs = await Promise.all(['n2', 'n3'].map(name => macOf(nodeNamed(lab, name), 'eth0')));
const [ofOwner = '', ofOther = ''] = macs;
const admitted = {
  ...{ remotePod: undefined, remoteOverlay: undefined, outside: undefined },
  localPod: 'DROP_NATIVE_SOURCE',
};
// The kernel learns its neighbours' MACs when it speaks with them.
for (const family of ['ipv4', 'ipv6'] as const)
  await ping(victim.netns, addressOf(nodeNamed(lab, 'n2'), family));

t.test("from their node's MAC", async t =>
  judgeArrivals(t, plainRows(lab, eth(ofOwner, own), admitted, 'plain'), {
    sender: await frameSender(t, lab.fabricNetns, victim.name),
    listeners: await listenEverywhere(t, lab),
    ...{ counters, hookOf: () => 'uplink_rx' },
  }),
);

t.test("from another node's MAC", async t => {
  const verdicts = { ...admitted, remotePod: 'DROP_NATIVE_MAC', remoteOverlay: 'DROP_NATIVE_MAC' };
  await judgeArrivals(t, plainRows(lab, eth(ofOther, own), verdicts, 'from another MAC'), {
    sender: await frameSender(t, lab.fabricNetns, victim.name),
    listeners: await listenEverywhere(t, lab),
    ...{ counters, hookOf: () => 'uplink_rx' },
  });
});

t.test('by another device', async t => {
  const verdicts = {
    ...{ remotePod: 'DROP_NATIVE_DEVICE', remoteOverlay: 'DROP_NATIVE_DEVICE' },
    ...{ localPod: 'DROP_NATIVE_DEVICE', outside: undefined },
  };
  const wire = await addSecondDevice(lab, victim);
  await judgeArrivals(t, plainRows(lab, wire, verdicts, 'by another device'), {
    sender: await frameSender(t, lab.fabricNetns, SECOND),
    listeners: await listenEverywhere(t, lab),
    ...{ counters, hookOf: () => 'forward' },
  });
});

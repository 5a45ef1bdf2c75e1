// Where pods come encapsulated, no plain packet with a pod's or this node's source is let in, whichever way it takes.
import t from 'tap';
import { nodeNamed } from '../../../../lab/lab.ts';
import { macOf } from '../../../support/device-mac.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { testLab } from '../../../support/lab.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { eth } from '../../../support/packet/packet.ts';
import { judgeArrivals, listenEverywhere } from './arrivals.ts';
import { plainRows, plainRowsToNode } from './plain-rows.ts';
import { addSecondDevice, SECOND } from './second-device.ts';

const BROADCAST = 'ff:ff:ff:ff:ff:ff';

const lab = await testLab(t);
const victim = nodeNamed(lab, 'n1');
const counters = nodeCounters(t, victim);
const [other, own] = [await macOf(nodeNamed(lab, 'n2'), 'eth0'), await macOf(victim, 'eth0')];
const refused = {
  ...{ remotePod: 'DROP_NATIVE_SOURCE', remoteOverlay: 'DROP_NATIVE_SOURCE', localPod: 'DROP_NATIVE_SOURCE' },
  outside: undefined,
};

t.test('by the uplink', async t =>
  judgeArrivals(
    t,
    [
      ...plainRows(lab, eth(other, own), refused, 'plain'),
      ...plainRowsToNode(lab, eth(other, own), 'DROP_NATIVE_SOURCE'),
      ...plainRowsToNode(lab, eth(other, BROADCAST), 'DROP_NATIVE_SOURCE').map(row => ({
        ...row,
        title: `${row.title}, in a broadcast frame`,
      })),
    ],
    {
      sender: await frameSender(t, lab.fabricNetns, victim.name),
      listeners: await listenEverywhere(t, lab),
      ...{ counters, hookOf: () => 'uplink_rx' },
    },
  ),
);

t.test('by another device, forwarded to a pod', async t => {
  const wire = await addSecondDevice(lab, victim);
  const verdicts = { ...refused, localPod: 'DROP_NATIVE_DEVICE' };
  await judgeArrivals(t, plainRows(lab, wire, verdicts, 'by another device'), {
    sender: await frameSender(t, lab.fabricNetns, SECOND),
    listeners: await listenEverywhere(t, lab),
    ...{ counters, hookOf: () => 'forward' },
  });
});

// Addresses of this node and of its pods, forged by a neighbour on another device than the uplink: neither the node nor
// an isolated pod hears them. The kernel's own checks (rp_filter, which IPv6 has none of) are off.
import t from 'tap';
import { macOf } from '../../../support/device-mac.ts';
import { nodeNamed } from '../../../../lab/lab.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { addressOf, podNamed, testLab } from '../../../support/lab.ts';
import { podsNamed, writePolicy } from '../../../support/lab-policy.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { nodeWithAllAddresses } from '../../../support/node-reach.ts';
import { eth, type Packet } from '../../../support/packet/packet.ts';
import { listen } from '../../../support/datagram-listener.ts';
import { eachIsDropped, type HostileRow } from './row.ts';
import {
  addOtherDevices,
  addressIn,
  addSecondDevice,
  OTHER_DEVICES,
  type OtherDevice,
} from './second-device.ts';

t.setTimeout(300_000);

const PORT = 7300;
const STRANGER = 66;

const lab = await testLab(t);
const node = nodeNamed(lab, 'n1');
const [pod, sibling, remote] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
writePolicy(lab, 'isolated', { podSelector: podsNamed(sibling.name), policyTypes: ['Ingress'] });
/** Those that the Node object names, and heddle0's. */
const own = nodeWithAllAddresses(node).addresses;
await addSecondDevice(lab, node);
addOtherDevices(lab, node);

const heard = await listen(t, node.netns, PORT);

function row(title: string, packet: Packet, drop: string): HostileRow {
  return { title, packets: [packet], drops: [`${drop} × 1`] };
}

function rowsOf(family: 'ipv4' | 'ipv6', device: OtherDevice, wire: Packet): HostileRow[] {
  const datagram = (source: string, destination: string, text: string): Packet =>
    wire.ip(source, destination).udp(4000, PORT, text);
  const isOfFamily = (address: string): boolean => address.includes(':') === (family === 'ipv6');
  const toNode = addressIn(family, device, 1);
  const toPod = addressOf(sibling, family);
  const claims = own.filter(isOfFamily);
  return [
    row(
      `${family}: a pod's address, to the node`,
      datagram(addressOf(pod, family), toNode, 'as a pod'),
      'input DROP_NATIVE_DEVICE',
    ),
    row(
      `${family}: a remote pod's, to the node`,
      datagram(addressOf(remote, family), toNode, 'as a remote pod'),
      'input DROP_NATIVE_SOURCE',
    ),
    row(
      `${family}: a pod's address, to a pod`,
      datagram(addressOf(pod, family), toPod, 'as a sibling'),
      'forward DROP_NATIVE_DEVICE',
    ),
    row(
      `${family}: a remote pod's, to a pod`,
      datagram(addressOf(remote, family), toPod, 'as a remote pod'),
      'forward DROP_NATIVE_SOURCE',
    ),
    row(
      `${family}: a stranger's, to an isolated pod`,
      datagram(addressIn(family, device, STRANGER), toPod, 'as a stranger'),
      'forward DROP_POLICY_INGRESS',
    ),
    // Of IPv4 the kernel refuses its own addresses as martians.
    ...(family === 'ipv6' ? claims : []).flatMap(claim => [
      row(
        `the node's ${claim}, to the node`,
        datagram(claim, toNode, 'as itself'),
        'input DROP_NATIVE_SOURCE',
      ),
      row(
        `the node's ${claim}, to an isolated pod`,
        datagram(claim, toPod, 'as its node'),
        'forward DROP_NATIVE_SOURCE',
      ),
    ]),
  ];
}

const counters = nodeCounters(t, node);

for (const device of OTHER_DEVICES)
  t.test(`forged sources by ${device.kind}`, async t => {
    const sender = await frameSender(t, lab.fabricNetns, device.far);
    const wire = eth(await macOf({ netns: lab.fabricNetns }, device.far), await macOf(node, device.name));
    for (const family of ['ipv4', 'ipv6'] as const)
      await eachIsDropped(t, rowsOf(family, device, wire), { sender, counters });
    const [from, to] = [STRANGER, 1].map(host => addressIn('ipv6', device, host));
    const text = `an honest one by ${device.name}`;
    await sender.send([
      wire
        .ip(from ?? '', to ?? '')
        .udp(4000, PORT, text)
        .bytes(),
    ]);
    await heard.hears(text);
    t.equal(heard.heard.at(-1), text);
  });

t.test('what is honest has arrived, and nothing else', t => {
  t.strictSame(
    heard.heard,
    OTHER_DEVICES.map(({ name }) => `an honest one by ${name}`),
  );
  t.end();
});

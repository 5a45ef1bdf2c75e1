// Addresses of this node and of its pods, forged by a neighbour on another device than the uplink: neither the node nor
// an isolated pod hears them. The kernel's own checks (rp_filter, which IPv6 has none of) are off.
import t from 'tap';
import { ipIn } from '../../../../lab/iproute.ts';
import { nodeNamed } from '../../../../lab/lab.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { addressOf, podNamed, testLab } from '../../../support/lab.ts';
import { podsNamed, writePolicy } from '../../../support/lab-policy.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { nodeWithAllAddresses } from '../../../support/node-reach.ts';
import type { Packet } from '../../../support/packet/packet.ts';
import { listen } from '../../../support/datagram-listener.ts';
import { eachIsDropped, type HostileRow } from './row.ts';
import { addSecondDevice, SECOND } from './second-device.ts';

t.setTimeout(300_000);

const PORT = 7300;
const ON_SECOND = { ipv4: '172.16.9.1', ipv6: 'fd00:172:16:9::1' } as const;
const STRANGER = { ipv4: '172.16.9.66', ipv6: 'fd00:172:16:9::66' } as const;

const lab = await testLab(t);
const node = nodeNamed(lab, 'n1');
const [pod, sibling] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];
writePolicy(lab, 'isolated', { podSelector: podsNamed(sibling.name), policyTypes: ['Ingress'] });
/** Those that the Node object names, and heddle0's. */
const own = nodeWithAllAddresses(node).addresses;
const wire = await addSecondDevice(lab, node);
ipIn(node.netns, [`address add ${ON_SECOND.ipv6}/64 dev eth1 nodad`]);

const heard = await listen(t, node.netns, PORT);

function datagram(source: string, destination: string, text: string): Packet {
  return wire.ip(source, destination).udp(4000, PORT, text);
}

function row(title: string, packet: Packet, drop: string): HostileRow {
  return { title, packets: [packet], drops: [`${drop} × 1`] };
}

function rowsOf(family: 'ipv4' | 'ipv6'): HostileRow[] {
  const isOfFamily = (address: string): boolean => address.includes(':') === (family === 'ipv6');
  const toNode = ON_SECOND[family];
  const claims = own.filter(isOfFamily);
  return [
    row(
      `${family}: a pod's address, to the node`,
      datagram(addressOf(pod, family), toNode, 'as a pod'),
      'input DROP_NATIVE_DEVICE',
    ),
    row(
      `${family}: a pod's address, to a pod`,
      datagram(addressOf(pod, family), addressOf(sibling, family), 'as a sibling'),
      'forward DROP_NATIVE_DEVICE',
    ),
    row(
      `${family}: a stranger's, to an isolated pod`,
      datagram(STRANGER[family], addressOf(sibling, family), 'as a stranger'),
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
        datagram(claim, addressOf(sibling, family), 'as its node'),
        'forward DROP_NATIVE_SOURCE',
      ),
    ]),
  ];
}

t.test('forged sources', async t => {
  const sender = await frameSender(t, lab.fabricNetns, SECOND);
  const way = { sender, counters: nodeCounters(t, node) };
  for (const family of ['ipv4', 'ipv6'] as const) await eachIsDropped(t, rowsOf(family), way);
  await sender.send([datagram(STRANGER.ipv6, ON_SECOND.ipv6, 'an honest one').bytes()]);
  await heard.hears('an honest one');
  t.strictSame(heard.heard, ['an honest one'], 'what is honest arrives, and nothing else has');
});

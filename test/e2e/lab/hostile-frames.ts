// Frames that a node drops, one or more for each family of drop that a lab can bring about.
import { nodeNamed, type Lab } from '../../../lab/lab.ts';
import { VERDICT_NAMES } from '../../../loader/abi/hook-name.ts';
import { gatewayMac } from '../../../loader/model/derived-macs.ts';
import { macOf } from '../../support/device-mac.ts';
import { frameSender } from '../../support/frame-sender.ts';
import { podsNamed, writePolicy } from '../../support/lab-policy.ts';
import { addressOf, mustExec, podNamed } from '../../support/lab.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { ND_TYPE } from '../../support/packet/neighbour-message.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { VXLAN_PORT } from '../../support/packet/vxlan.ts';
import { ping } from '../../support/traffic.ts';
import { plainRows } from '../traffic/hostile/plain-rows.ts';
import { tunnelRows } from '../traffic/hostile/tunnel-rows.ts';

interface Test {
  teardown(clean: () => void): void;
}

const FOREIGN_MAC = '02:00:00:00:66:66';
const ALLOWED_PORT = 53;
/** Needs a device without a row, a full map, a node without an address, an older kernel, one that refuses, or DNAT: test/bpf has them. */
const NOT_IN_A_LAB = ['IFACE', 'FRAGMENT', 'ENCAP', 'DECAP', 'CONNTRACK', 'TUPLE'];

/** The word behind DROP_. */
export function familyOf(verdict: string): string | undefined {
  return /^DROP_([A-Z]+)/.exec(verdict)?.[1];
}

export const FAMILIES = [...new Set(VERDICT_NAMES.flatMap(name => familyOf(name) ?? []))]
  .filter(family => !NOT_IN_A_LAB.includes(family))
  .sort();

/** Of n1's third pod: it may send to one port alone, and be sent nothing. */
export function isolate(lab: Lab): void {
  writePolicy(lab, 'isolated', {
    podSelector: podsNamed('n1-p3'),
    policyTypes: ['Ingress', 'Egress'],
    egress: [{ ports: [{ protocol: 'UDP', port: ALLOWED_PORT }] }],
  });
}

/** To n1, whose pods and whose wire they come from; settles when all are sent. */
export async function sendHostileFrames(t: Test, lab: Lab): Promise<void> {
  await sendAs(t, lab, 'n1-p1', await forgeries(lab));
  await sendAs(t, lab, 'n1-p3', await against(lab, 'n1-p3', 'n1-p2'));
  await sendAs(t, lab, 'n1-p2', await against(lab, 'n1-p2', 'n1-p3'));
  const wire = eth(await macOf(nodeNamed(lab, 'n2'), 'eth0'), await macOf(nodeNamed(lab, 'n1'), 'eth0'));
  const refused = 'DROP_NATIVE_SOURCE';
  const verdicts = { remotePod: refused, remoteOverlay: refused, localPod: refused, outside: undefined };
  const rows = [...tunnelRows(lab, wire), ...plainRows(lab, wire, verdicts, 'plain')];
  const sender = await frameSender(t, lab.fabricNetns, 'n1');
  await sender.send(rows.map(({ packet }) => packet.bytes()));
  await sendNowhere(lab);
}

async function sendAs(t: Test, lab: Lab, pod: string, packets: readonly Packet[]): Promise<void> {
  const sender = await frameSender(t, podNamed(lab, pod).netns, 'eth0');
  await sender.send(packets.map(packet => packet.bytes()));
}

/** What only a pod that lies would send. */
async function forgeries(lab: Lab): Promise<Packet[]> {
  const [pod, near, far] = ['n1-p1', 'n1-p2', 'n2-p1'].map(name => podNamed(lab, name)) as [Pod, Pod, Pod];
  const [own4, near4, far4] = [pod, near, far].map(each => addressOf(each, 'ipv4')) as [
    string,
    string,
    string,
  ];
  const [own6, near6] = [addressOf(pod, 'ipv6'), addressOf(near, 'ipv6')];
  const [mac, gateway] = [await macOf(pod, 'eth0'), gatewayMac('n1')];
  const frame = eth(mac, gateway);
  const question = (packet: Packet): Packet => packet.udp(4000, 4001, 'q');
  const extended = Array.from({ length: 9 }).reduce<Packet>(
    packet => packet.extension('destination-options'),
    frame.ip(own6, addressOf(far, 'ipv6')),
  );
  const claim = { target: near6, targetMac: mac };
  return [
    eth(mac, gateway, { type: 0x0800 }).data('45'),
    eth(mac, gateway, { type: 0x88cc }).data('00'.repeat(46)),
    question(extended),
    question(eth(FOREIGN_MAC, gateway).ip(own4, far4)),
    question(frame.ip(near4, far4)),
    question(eth(mac, FOREIGN_MAC).ip(own4, far4)),
    question(frame.ip(own4, '127.0.0.1')),
    eth(mac, 'ff:ff:ff:ff:ff:ff').arp('reply', {
      ...{ senderMac: mac, senderIp: near4, targetMac: FOREIGN_MAC, targetIp: near4 },
    }),
    eth(mac, '33:33:00:00:00:01')
      .ipv6(own6, 'ff02::1', { hopLimit: 255 })
      .neighbour({ type: ND_TYPE.neighbourAdvertisement }, claim),
    eth(mac, '33:33:00:00:00:01')
      .ipv6('::', 'ff02::1', { hopLimit: 255 })
      .neighbour({ type: ND_TYPE.neighbourSolicitation }, { target: own6 }),
    question(eth(mac, '01:00:5e:00:00:09').ip(own4, '224.0.0.9')),
    frame.ip(own4, addressOf(nodeNamed(lab, 'n2'), 'ipv4')).udp(4000, VXLAN_PORT, 'q'),
  ];
}

type Pod = ReturnType<typeof podNamed>;

/** What policy of either end refuses: a port, and a fragment whose port nobody knows. */
async function against(lab: Lab, from: string, to: string): Promise<Packet[]> {
  const [source, destination] = [podNamed(lab, from), podNamed(lab, to)];
  const packet = eth(await macOf(source, 'eth0'), gatewayMac('n1'))
    .ip(addressOf(source, 'ipv4'), addressOf(destination, 'ipv4'))
    .udp(4000, ALLOWED_PORT + 1, 'x'.repeat(64));
  return [packet, ...fragmentPacket(packet, 32).slice(1)];
}

/** The host itself, to the overlay, where no pod CIDR is. */
async function sendNowhere(lab: Lab): Promise<void> {
  const node = nodeNamed(lab, 'n1');
  await mustExec(node, 'ip', 'route', 'add', '10.245.0.0/24', 'dev', 'heddle0');
  await ping(node.netns, '10.245.0.1');
  await mustExec(node, 'ip', 'route', 'del', '10.245.0.0/24', 'dev', 'heddle0').catch(() => undefined); // the daemon was faster
}

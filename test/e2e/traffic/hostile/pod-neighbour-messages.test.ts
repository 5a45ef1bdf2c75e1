// A pod's ARP and neighbour discovery speak for itself alone: whatever claims more is dropped, and nobody believes it.
import t from 'tap';
import { nodeNamed } from '../../../../lab/lab.ts';
import { gatewayMac } from '../../../../loader/model/derived-macs.ts';
import { macOf } from '../../../support/device-mac.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../../support/lab.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { ND_TYPE } from '../../../support/packet/neighbour-message.ts';
import { eth, type Packet } from '../../../support/packet/packet.ts';
import { ping } from '../../../support/traffic.ts';
import { eachIsDropped, type HostileRow } from './row.ts';

const FOREIGN_MAC = '02:00:00:00:66:66';
const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const ALL_NODES = 'ff02::1';
const ALL_NODES_MAC = '33:33:00:00:00:01';
const GATEWAY4 = '169.254.1.1';
const GATEWAY6 = 'fe80::1';
/** Override flag of an advertisement. */
const OVERRIDE = 0x2000_0000;
/** Hop limit 64, router lifetime 1800 s. */
const ROUTER_LIFETIME = 0x4000_0708;

const lab = await testLab(t);
const attacker = podNamed(lab, 'n1-p1');
const neighbour = podNamed(lab, 'n1-p2');
const node = nodeNamed(lab, 'n1');
const counters = nodeCounters(t, node);
const sender = await frameSender(t, attacker.netns, 'eth0');

const mac = await macOf(attacker, 'eth0');
const gateway = gatewayMac('n1');
const [own4, own6] = [addressOf(attacker, 'ipv4'), addressOf(attacker, 'ipv6')];
const [near4, near6] = [addressOf(neighbour, 'ipv4'), addressOf(neighbour, 'ipv6')];

function row(title: string, packet: Packet, verdict: string): HostileRow {
  return { title, packets: [packet], drops: [`pod_tx ${verdict} × 1`] };
}

/** From the pod's MAC; who it claims to be is inside. */
function arp(operation: 'request' | 'reply', sender: readonly [mac: string, address: string]): Packet {
  const [senderMac, senderIp] = sender;
  return eth(mac, BROADCAST).arp(operation, {
    ...{ senderMac, senderIp },
    ...{ targetMac: BROADCAST, targetIp: near4 },
  });
}

function advertisement(target: string, targetMac: string): Packet {
  return eth(mac, ALL_NODES_MAC)
    .ipv6(own6, ALL_NODES, { hopLimit: 255 })
    .neighbour({ type: ND_TYPE.neighbourAdvertisement, rest: OVERRIDE }, { target, targetMac });
}

function solicitation(source: string, sourceMac: string): Packet {
  return eth(mac, gateway)
    .ipv6(source, GATEWAY6, { hopLimit: 255 })
    .neighbour({ type: ND_TYPE.neighbourSolicitation }, { target: GATEWAY6, sourceMac });
}

const tablesBefore = await neighbourTables();

t.test('ARP', t =>
  eachIsDropped(
    t,
    [
      row('an answer for the gateway', arp('reply', [mac, GATEWAY4]), 'DROP_ARP_SPOOF'),
      row('an answer for its neighbour', arp('reply', [mac, near4]), 'DROP_ARP_SPOOF'),
      row("an answer for its node's address", arp('reply', [mac, addressOf(node, 'ipv4')]), 'DROP_ARP_SPOOF'),
      row('an answer with a foreign MAC inside', arp('reply', [FOREIGN_MAC, own4]), 'DROP_ARP_SPOOF'),
      row('a request in the name of its neighbour', arp('request', [mac, near4]), 'DROP_ARP_SPOOF'),
      row('a request with a foreign MAC inside', arp('request', [FOREIGN_MAC, own4]), 'DROP_ARP_SPOOF'),
      row('an answer cut short', eth(mac, BROADCAST, { type: 0x0806 }).data('ARP'), 'DROP_MALFORMED'),
    ],
    { sender, counters },
  ),
);

t.test('neighbour discovery', t =>
  eachIsDropped(
    t,
    [
      row('an advertisement for its neighbour', advertisement(near6, mac), 'DROP_ND_SPOOF'),
      row('an advertisement for the gateway', advertisement(GATEWAY6, mac), 'DROP_ND_SPOOF'),
      row('an advertisement with a foreign MAC', advertisement(own6, FOREIGN_MAC), 'DROP_ND_SPOOF'),
      row('a solicitation in the name of its neighbour', solicitation(near6, mac), 'DROP_ND_SPOOF'),
      row('a solicitation with a foreign MAC', solicitation(own6, FOREIGN_MAC), 'DROP_ND_SPOOF'),
      row(
        'a router advertisement',
        eth(mac, ALL_NODES_MAC)
          .ipv6('fe80::666', ALL_NODES, { hopLimit: 255 })
          .neighbour(
            { type: ND_TYPE.routerAdvertisement, rest: ROUTER_LIFETIME },
            { body: '0000000000000000', sourceMac: mac },
          ),
        'DROP_ND_SPOOF',
      ),
      row(
        'a redirect',
        eth(mac, gateway)
          .ipv6(GATEWAY6, near6, { hopLimit: 255 })
          .neighbour(
            { type: ND_TYPE.redirect },
            { target: own6, destination: '2001:db8:100::2', targetMac: mac },
          ),
        'DROP_ND_SPOOF',
      ),
    ],
    { sender, counters },
  ),
);

t.test('nobody has believed any of it', async t => {
  t.strictSame(await neighbourTables(), tablesBefore, 'neighbour tables and default routes are as they were');
  for (const address of [near4, near6])
    t.ok(await ping(node.netns, address), `the node still reaches the neighbour at ${address}`);
});

/** Of the node and of the attacked pod. */
async function neighbourTables(): Promise<string[]> {
  const commands = [
    ['ip', 'neigh', 'show', 'nud', 'permanent'],
    ['ip', '-6', 'route', 'show', 'default'],
  ];
  const outputs = await Promise.all(
    commands.flatMap(command => [node, neighbour].map(party => mustExec(party, ...command))),
  );
  return outputs.flatMap(output => output.trim().split('\n').sort());
}

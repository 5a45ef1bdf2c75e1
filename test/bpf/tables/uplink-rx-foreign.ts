import { DEVICE, FAMILIES, IPV4, MAC, VXLAN_PORT, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { bare, eth } from '../../support/packet/packet.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { outOfTunnel } from './tunnel.ts';

/** A chunk without a value: type, flags, length. */
const SCTP_COOKIE_ACK = Buffer.from([11, 0, 0, 4]);

/** Of TCP: where VXLAN has its flags, that of a valid VNI is set. */
const LIKE_VXLAN = { flags: 'ACK', acknowledgement: 0x0800_0000 } as const;

/** Nothing that is not the cluster's is touched: not a bit, not a verdict but PASS_UNMANAGED. */
export const uplinkRxForeign: Table = {
  hook: 'uplink_rx',
  title: 'foreign traffic on the uplink passes untouched',
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  rows: [
    ...FAMILIES.flatMap(rowsOf),
    {
      name: 'ARP',
      sent: eth(MAC.router, MAC.broadcast).arp('request', {
        senderMac: MAC.router,
        senderIp: '192.0.2.254',
        targetMac: '00:00:00:00:00:00',
        targetIp: '192.0.2.1',
      }),
      verdict: 'PASS_UNMANAGED',
    },
    {
      name: 'a protocol that is not IP',
      sent: eth(MAC.router, '01:80:c2:00:00:0e', { type: 0x88cc }).data('lldp'),
      verdict: 'PASS_UNMANAGED',
    },
  ],
};

function rowsOf(view: View): Row[] {
  const { family, outside, own, overlayNode, stranger } = view;
  const tunnelled = bare().ip(view.remotePod, view.pod).udp(53, 4000, 'x'.repeat(40));
  const shell = eth(MAC.router, MAC.uplink);
  const passes = (what: string, sent: Row['sent']): Row => ({
    name: `${family}: ${what}`,
    sent,
    verdict: 'PASS_UNMANAGED',
  });
  const pieces = fragmentPacket(shell.ip(outside, own).udp(1, 2, 'x'.repeat(40)), 16);
  return [
    passes('TCP from outside to this node', shell.ip(outside, own).tcp(4000, 22)),
    passes('UDP from another node to this one', shell.ip(overlayNode, own).udp(4000, 53, 'q')),
    passes('an echo from another node', shell.ip(overlayNode, own).echo(1)),
    passes(
      'an ICMP error',
      shell.ip(outside, own).icmp({ type: 3, code: 1 }).with(bare().ip(own, outside).udp(1, 2)),
    ),
    passes('its TTL spent', shell.ip(outside, own, { ttl: 1 }).udp(1, 2)),
    passes('a wrong checksum', shell.ip(outside, own).udp(1, 2, 'q', { checksum: 0xbeef })),
    passes(
      "somebody else's VXLAN, towards another host",
      outOfTunnel(bare(), { to: view.stranger, from: outside }),
    ),
    passes('a source port like ours', shell.ip(outside, own).udp(VXLAN_PORT, 53, 'q')),
    passes('multicast', eth(MAC.router, '01:00:5e:00:00:01').ip(outside, view.multicast).udp(1, 2)),
    passes('a first fragment', pieces[0] ?? shell),
    passes('a later fragment', pieces[1] ?? shell),
    ...[overlayNode, stranger].map(from =>
      passes(
        `TCP to the overlay's port, from ${from}`,
        shell.ip(from, own).tcp(4000, VXLAN_PORT, LIKE_VXLAN),
      ),
    ),
    ...[IPV4.overlayNode, IPV4.stranger].map(from =>
      passes(
        `a first fragment of a tunnel packet, from ${from}`,
        fragmentPacket(outOfTunnel(tunnelled, { from }), 88)[0] ?? shell,
      ),
    ),
    passes('SCTP', shell.ip(outside, own).sctp(1, 2, SCTP_COOKIE_ACK)),
  ];
}

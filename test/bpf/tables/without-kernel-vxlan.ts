import { DEVICE, FAMILIES, MAC, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { bare, eth } from '../../support/packet/packet.ts';
import { outOfTunnel } from './tunnel.ts';

const SUPER_PACKET = { gsoSize: 1200, gsoSegments: 2 };
const constants = { kernel_vxlan: 0 };

/** Where the overlay device is a veth pair, nothing may go on into it. */
export const overlayTxWithoutVxlan: Table = {
  hook: 'overlay_tx',
  title: "without the kernel's vxlan, what BPF cannot encapsulate is dropped",
  context: { ifindex: DEVICE.overlay },
  constants,
  rows: FAMILIES.map((view): Row => ({
    name: `${view.family}: a super-packet that the kernel would have to cut up`,
    context: SUPER_PACKET,
    sent: eth(MAC.overlay, '00:00:00:00:00:00')
      .ip(view.host, view.remotePod)
      .tcp(4000, 80, { flags: 'ACK' }, Buffer.alloc(2400)),
    verdict: 'DROP_ENCAP',
  })),
};

/** Nobody else would decapsulate it. */
export const uplinkRxWithoutVxlan: Table = {
  hook: 'uplink_rx',
  title: "without the kernel's vxlan, what BPF cannot decapsulate is dropped",
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  constants,
  rows: FAMILIES.flatMap(superPacketRows),
};

function superPacketRows(view: View): Row[] {
  const payload = 'a'.repeat(200);
  return [
    {
      name: `${view.family}: a super-packet of UDP`,
      context: SUPER_PACKET,
      sent: outOfTunnel(bare().ip(view.remotePod, view.pod).udp(53, 4000, payload)),
      verdict: 'DROP_DECAP',
    },
  ];
}

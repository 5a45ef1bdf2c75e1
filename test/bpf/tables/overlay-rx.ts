import { DEVICE, FAMILIES, MAC, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth } from '../../support/packet/packet.ts';

/** Without a tunnel key: uplink_rx has handed it over, after its own checks. Keys come with real frames: see live. */
export const overlayRx: Table = {
  hook: 'overlay_rx',
  title: 'what uplink_rx handed over is not evaluated twice',
  context: { ifindex: DEVICE.overlay, ingressIfindex: DEVICE.overlay },
  rows: FAMILIES.flatMap(rowsOf),
};

function rowsOf(view: View): Row[] {
  return [
    {
      name: `${view.family}: a packet to this node`,
      sent: eth(MAC.gateway, MAC.overlay).ip(view.remotePod, view.host).udp(53, 4000, 'a'),
      verdict: 'PASS_VALIDATED_EARLIER',
    },
    {
      name: `${view.family}: a packet to a pod whose flow netfilter knows`,
      sent: eth(MAC.gateway, MAC.overlay).ip(view.remotePod, view.pod).udp(53, 4000, 'a'),
      verdict: 'PASS_VALIDATED_EARLIER',
    },
  ];
}

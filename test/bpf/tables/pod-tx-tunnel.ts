import { DEVICE, FAMILIES, VNI, VXLAN_PORT, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { fromPod } from './pod.ts';

/** Nodes, pods, and whoever may turn out to be a node at an address that no table has. */
const TARGETS = [
  'own',
  'overlayNode',
  'directNode',
  'farOverlayNode',
  'host',
  'overlayHost',
  'sibling',
  'remotePod',
  'directPod',
  'nobody',
  'outside',
  'stranger',
] as const satisfies readonly (keyof View)[];

/** A pod encapsulates to nobody on our port; its own tunnels have others. */
export const podTxTunnel: Table = {
  hook: 'pod_tx',
  title: 'a pod cannot inject VXLAN',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(view => [...injectionRows(view), ...innocentRows(view)]),
};

function forged(view: View, packet: Packet, port = VXLAN_PORT): Packet {
  const inner = bare().ip(view.remotePod, view.sibling).udp(1, 2, 'forged');
  return packet.udp(50_000, port).vxlan(VNI, eth('02:00:00:00:00:09', '02:00:00:00:00:08').with(inner));
}

function injectionRows(view: View): Row[] {
  return [
    ...TARGETS.map(node => ({
      name: `${view.family}: towards ${node}`,
      sent: forged(view, fromPod(view, view[node])),
      verdict: 'DROP_POD_TUNNEL',
    })),
    ...fragmentRows(view),
    ...extendedRows(view),
  ];
}

/** The first piece has the port; the others are known by it. */
function fragmentRows(view: View): Row[] {
  const [first, ...later] = fragmentPacket(forged(view, fromPod(view, view.overlayNode)), 16);
  if (first === undefined) return [];
  return [
    { name: `${view.family}: the first fragment`, sent: first, verdict: 'DROP_POD_TUNNEL' },
    ...later.map((piece, index) => ({
      name: `${view.family}: later fragment ${index + 1}`,
      before: [first],
      sent: piece,
      verdict: 'DROP_POD_TUNNEL',
    })),
    {
      name: `${view.family}: a fragment that overtook its first one, which will be dropped, is harmless`,
      sent: later[0] ?? first,
      verdict: 'PASS_HOST',
    },
  ];
}

function extendedRows(view: View): Row[] {
  if (view.family === 'ipv4') return [];
  return [
    {
      name: 'ipv6: behind extension headers',
      sent: forged(
        view,
        fromPod(view, view.overlayNode).extension('hop-by-hop').extension('destination-options'),
      ),
      verdict: 'DROP_POD_TUNNEL',
    },
  ];
}

function innocentRows(view: View): Row[] {
  return [
    {
      name: `${view.family}: to a pod of this node, VXLAN on another port is a payload like any other`,
      sent: forged(view, fromPod(view, view.sibling), 8472),
      verdict: 'REDIRECT_POD',
    },
    {
      name: `${view.family}: to a host outside, on another port, it is none of our business`,
      sent: forged(view, fromPod(view, view.outside), 8472),
      verdict: 'PASS_HOST',
    },
    {
      name: `${view.family}: another port of a node is the node's to answer`,
      sent: fromPod(view, view.overlayNode).udp(VXLAN_PORT, 53, 'q'),
      verdict: 'PASS_HOST',
    },
    {
      name: `${view.family}: TCP to the same number is no VXLAN`,
      sent: fromPod(view, view.overlayNode).tcp(4000, VXLAN_PORT),
      verdict: 'PASS_HOST',
    },
  ];
}

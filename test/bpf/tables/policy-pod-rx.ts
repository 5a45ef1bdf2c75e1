import { DEVICE, FAMILIES, MAC, SLOT, type View } from '../../support/bpf/cluster.ts';
import { IDENTITY } from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth } from '../../support/packet/packet.ts';
import { admissionRows, unaskedRows, type Asked } from './admission.ts';

/** What the host's stack hands to a pod. */
export const policyPodRx: Table = {
  hook: 'pod_rx',
  title: 'policy: a node reaches its own pods, and what it forwards is judged in the forward hook',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(view => [
    ...unaskedRows(asked(view, 'host', 0)),
    ...unaskedRows(asked(view, 'own', 0)),
    ...unaskedRows(asked(view, 'outside', DEVICE.uplink)),
    ...unaskedRows(asked(view, 'sibling', DEVICE.sibling)),
  ]),
};

export const policyPodRxWithoutForward: Table = {
  hook: 'pod_rx',
  title: 'policy: without the forward hook, what the host forwards to a pod is judged here',
  context: { ifindex: DEVICE.pod },
  settings: { forward_hook: 0 },
  rows: FAMILIES.flatMap(view => [
    ...unaskedRows(asked(view, 'host', 0)),
    ...admissionRows(asked(view, 'outside', DEVICE.uplink)),
    ...admissionRows(asked(view, 'sibling', DEVICE.sibling)),
    ...admissionRows(asked(view, 'remotePod', DEVICE.overlay)),
    ...forwardedForNode(view),
  ]),
};

function asked(view: View, from: keyof typeof IDENTITY, ingressIfindex: number): Asked {
  return {
    ...{
      what: `${view.family} from ${from}`,
      slot: SLOT.pod,
      direction: 'ingress',
      identity: IDENTITY[from],
    },
    ...{ context: { ingressIfindex }, verdict: 'PASS_POD' },
    sent: eth(MAC.gateway, MAC.pod).ip(view[from], view.pod).udp(4000, 53, 'q'),
  };
}

/** NodePort with masquerade: it shows the node's address, and is not the node. */
function forwardedForNode(view: View): Row[] {
  return admissionRows({
    ...asked(view, 'own', DEVICE.uplink),
    what: `${view.family} masqueraded as this node`,
  });
}

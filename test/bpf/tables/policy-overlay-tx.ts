import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import { IDENTITY } from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth } from '../../support/packet/packet.ts';
import { admissionRows, unaskedRows, type Asked } from './admission.ts';

/** What the host's stack sends to remote pods, and who it is from. */
export const policyOverlayTx: Table = {
  hook: 'overlay_tx',
  title: 'policy: what has no proof of a judgement is evaluated here',
  context: { ifindex: DEVICE.overlay, ingressIfindex: DEVICE.pod },
  rows: FAMILIES.flatMap(view => admissionRows(asked(view))),
};

export const policyOverlayTxWithoutForward: Table = {
  hook: 'overlay_tx',
  title: 'policy: without the forward hook, a backend behind the overlay is evaluated here',
  context: { ifindex: DEVICE.overlay, ingressIfindex: DEVICE.pod },
  constants: { forward_hook: 0 },
  rows: FAMILIES.flatMap((view): Row[] => [
    ...admissionRows(asked(view)),
    ...unaskedRows({
      ...{ ...asked(view), what: `${view.family} from this node itself`, context: { ingressIfindex: 0 } },
      sent: eth(MAC.overlay, MAC.overlay).ip(view.host, view.remotePod).udp(4000, 53, 'q'),
    }),
  ]),
};

function asked(view: View): Asked {
  return {
    ...{ what: `${view.family} from a pod to a remote one`, podId: POD_ID.pod, direction: 'egress' },
    ...{ identity: IDENTITY.remotePod, verdict: 'REDIRECT_OVERLAY' },
    sent: eth(MAC.overlay, MAC.overlay).ip(view.pod, view.remotePod, { ttl: 63 }).udp(4000, 53, 'q'),
  };
}

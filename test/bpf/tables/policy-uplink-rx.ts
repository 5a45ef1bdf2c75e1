import { DEVICE, FAMILIES, IPV4, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import { IDENTITY } from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { bare, eth } from '../../support/packet/packet.ts';
import { admissionRows, unaskedRows, type Asked } from './admission.ts';
import { outOfTunnel } from './tunnel.ts';

/** What other nodes bring. */
export const policyUplinkRx: Table = {
  hook: 'uplink_rx',
  title: 'policy: what another node brings is evaluated by the pod that shall receive it',
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  rows: FAMILIES.flatMap(view => [...tunnelRows(view), ...nativeRows(view), ...hostRows(view)]),
};

type Subject = Pick<Asked, 'what' | 'podId' | 'direction' | 'identity'>;

function subject(view: View, from: keyof typeof IDENTITY, how: string): Subject {
  return {
    ...{ what: `${view.family} from ${from}, ${how}`, podId: POD_ID.pod },
    ...{ direction: 'ingress', identity: IDENTITY[from] },
  };
}

function tunnelRows(view: View): Row[] {
  const sources = ['remotePod', 'overlayNode', 'overlayHost'] as const;
  const tunnelled = sources.flatMap(from =>
    admissionRows({
      ...subject(view, from, 'by tunnel'),
      sent: outOfTunnel(bare().ip(view[from], view.pod).udp(4000, 53, 'q')),
      verdict: 'REDIRECT_POD',
    }),
  );
  const routed = admissionRows({
    ...subject(view, 'farPod', "by a router's tunnel"),
    sent: outOfTunnel(bare().ip(view.farPod, view.pod).udp(4000, 53, 'q'), { from: IPV4.farOverlayNode }),
    verdict: 'REDIRECT_POD',
  });
  return [...tunnelled, ...routed];
}

function nativeRows(view: View): Row[] {
  return admissionRows({
    ...subject(view, 'directPod', 'plain'),
    sent: eth(MAC.directUplink, MAC.uplink).ip(view.directPod, view.pod).udp(4000, 53, 'q'),
    verdict: 'REDIRECT_POD',
  });
}

/** No pod of this node is asked: the node itself is meant, or the forward hook will see it. */
function hostRows(view: View): Row[] {
  const toHost = unaskedRows({
    ...subject(view, 'remotePod', 'by tunnel, to this node'),
    sent: outOfTunnel(bare().ip(view.remotePod, view.host).udp(4000, 53, 'q')),
    verdict: 'REDIRECT_HOST',
  });
  const fromOutside = unaskedRows({
    ...subject(view, 'outside', 'plain, left to the forward hook'),
    sent: eth(MAC.router, MAC.uplink).ip(view.outside, view.pod).udp(4000, 53, 'q'),
    verdict: 'PASS_UNMANAGED',
  });
  return [...toHost, ...fromOutside];
}

import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import { IDENTITY } from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth } from '../../support/packet/packet.ts';
import { admissionRows, unaskedRows } from './admission.ts';
import { fromPod } from './pod.ts';

/** What a pod sends: its own policy always, the receiver's where that is a pod of this node. */
export const policyPodTx: Table = {
  hook: 'pod_tx',
  title: 'policy: what a pod sends is evaluated where Heddle itself carries it',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(view => [...senderRows(view), ...receiverRows(view), ...hostRows(view)]),
};

function senderRows(view: View): Row[] {
  const ways = [
    ['sibling', 'REDIRECT_POD'],
    ['remotePod', 'REDIRECT_OVERLAY'],
    ['directPod', 'REDIRECT_DIRECT'],
    ['farPod', 'REDIRECT_OVERLAY'],
  ] as const;
  return ways.flatMap(([to, verdict]) =>
    admissionRows({
      ...{ what: `${view.family} to ${to}`, podId: POD_ID.pod, direction: 'egress', identity: IDENTITY[to] },
      ...{ sent: fromPod(view, view[to]).udp(4000, 53, 'q'), verdict },
    }),
  );
}

function receiverRows(view: View): Row[] {
  return admissionRows({
    ...{ what: `${view.family} into a sibling`, podId: POD_ID.sibling, direction: 'ingress' },
    ...{ identity: IDENTITY.pod, verdict: 'REDIRECT_POD' },
    sent: fromPod(view, view.sibling).udp(4000, 53, 'q'),
  });
}

/** Netfilter may translate it: checked after that. */
function hostRows(view: View): Row[] {
  const { family, outside, nobody, overlayNode, host, own, sibling } = view;
  const destinations = { outside, nobody, overlayNode, host, own };
  const unasked = Object.entries(destinations).flatMap(([to, destination]) =>
    unaskedRows({
      ...{ what: `${family} to ${to}, left to netfilter's hooks`, podId: POD_ID.pod, direction: 'egress' },
      ...{ identity: IDENTITY.outside, verdict: 'PASS_HOST' },
      sent: fromPod(view, destination).udp(4000, 53, 'q'),
    }),
  );
  const [itself] = unaskedRows({
    ...{ what: `${family} to itself`, podId: POD_ID.pod, direction: 'egress', identity: IDENTITY.pod },
    sent: fromPod(view, view.pod).udp(4000, 53, 'q'),
    verdict: 'REDIRECT_POD',
  });
  const other = unaskedRows({
    ...{ what: `${family} between two others`, podId: POD_ID.pod, direction: 'egress' },
    ...{ identity: IDENTITY.sibling, verdict: 'REDIRECT_OVERLAY', context: { ifindex: DEVICE.sibling } },
    sent: eth(MAC.sibling, MAC.gateway).ip(sibling, view.remotePod).udp(4000, 53, 'q'),
  });
  return [...unasked, ...(itself === undefined ? [] : [itself]), ...other];
}

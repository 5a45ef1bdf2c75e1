import { DEVICE, FAMILIES, IPV4, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import { ANY_PEER, allow, deny, podWith } from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { eth } from '../../support/packet/packet.ts';
import { flow, trackedLine } from './flow.ts';
import { fromPod } from './pod.ts';
import { lookingLikeError, ONE_PORT, PAYLOAD, pieces } from './policy-fragments.ts';

/** An offset of which the lower byte of the header's field tells nothing: 256 units of 8 bytes. */
const FAR_INSIDE = 2_048;
export const policyFragmentsWithoutForward: Table = {
  hook: 'pod_tx',
  title: 'policy: without the forward hook, nobody judges what the stack has gathered',
  context: { ifindex: DEVICE.pod },
  constants: { forward_hook: 0 },
  rows: [...FAMILIES.flatMap(view => [...unknownRows(view), errorLikeRow(view)]), otherProtocolRow(IPV4)],
};

function unknownRows(view: View): Row[] {
  const { family } = view;
  const [first, later] = pieces(view, 53);
  const [, otherLater = later] = fragmentPacket(
    fromPod(view, view.remotePod).udp(4000, 53, PAYLOAD),
    32,
    0x4321,
  );
  const row = (what: string, given: Partial<Given>, verdict: string): Row => ({
    ...{
      name: `${family}: a later one without its first, ${what}`,
      given,
      sent: later,
      verdict,
      tracked: [],
    },
  });
  return [
    row('from a pod that no policy selects', {}, 'PASS_FRAGMENT'),
    row('where a port matters', ONE_PORT, 'DROP_FRAGMENT'),
    row(
      'where none does, but policy has something to say',
      podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [allow(1)] } }),
      'DROP_FRAGMENT',
    ),
    row(
      'where nothing is admitted',
      podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [deny(1)] } }),
      'DROP_FRAGMENT',
    ),
    row('before there is a policy', { pods: [{ podId: POD_ID.pod, egress: 0 }] }, 'DROP_POLICY_ABSENT'),
    {
      ...row('of another datagram', ONE_PORT, 'DROP_FRAGMENT'),
      before: [first],
      sent: otherLater,
      tracked: [trackedLine([view.pod, 4000], [view.remotePod, 53])],
    },
    {
      ...row('from far inside its datagram', ONE_PORT, 'DROP_FRAGMENT'),
      sent:
        fragmentPacket(fromPod(view, view.remotePod).udp(4000, 53, 'x'.repeat(FAR_INSIDE)), FAR_INSIDE)[1] ??
        later,
    },
    {
      ...row(
        'to a sibling whose policy has something to say',
        podWith({ podId: POD_ID.sibling, ingress: { [ANY_PEER]: [allow(1)] } }),
        'DROP_FRAGMENT',
      ),
      sent: fragmentPacket(fromPod(view, view.sibling).udp(4000, 53, PAYLOAD), 32)[1] ?? later,
    },
  ];
}

/** IPv6 numbers datagrams by their ends alone. */
function otherProtocolRow(view: View): Row {
  const [first, later] = pieces(view, 53);
  const ofTcp = fromPod(view, view.remotePod).tcp(4000, 53, { flags: 'ACK' }, PAYLOAD);
  return {
    name: `${view.family}: a later one without its first, of another protocol`,
    given: ONE_PORT,
    before: [first],
    sent: fragmentPacket(ofTcp, 32)[1] ?? later,
    verdict: 'DROP_FRAGMENT',
    tracked: [trackedLine([view.pod, 4000], [view.remotePod, 53])],
  };
}

/** It quotes a flow that the pod may answer. */
function errorLikeRow(view: View): Row {
  const { family, pod, remotePod } = view;
  const sent = eth(MAC.pod, MAC.gateway).with(lookingLikeError({ ...view, pod: remotePod, remotePod: pod }));
  return {
    name: `${family}: a later one of ICMP is no error, whatever it looks like`,
    given: { ...ONE_PORT, conntrack: [flow([remotePod, 4000], [pod, 53])] },
    sent,
    verdict: 'DROP_FRAGMENT',
    tracked: [trackedLine([remotePod, 4000], [pod, 53])],
  };
}

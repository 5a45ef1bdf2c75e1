import { DEVICE, FAMILIES, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import { ANY_PEER, deny, podWith } from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { bare } from '../../support/packet/packet.ts';
import { flow, ofEach, trackedLine } from './flow.ts';
import { fromPod } from './pod.ts';
import { outOfTunnel } from './tunnel.ts';

/** The kernel's LRU makes room by itself, and may still find none at that moment: here it never does. */
export const conntrackFull: Table = {
  hook: 'pod_tx',
  title: 'a flow that cannot be entered is refused, and those that are known go on',
  context: { ifindex: DEVICE.pod },
  tiny: ['hd_ct_unassured'],
  rows: FAMILIES.flatMap(rowsOf),
};

function rowsOf(view: View): Row[] {
  const { family, pod, remotePod } = view;
  const given: Partial<Given> = { conntrack: [flow([pod, 4000], [remotePod, 53])] };
  const tracked = [trackedLine([pod, 4000], [remotePod, 53])];
  const row = (what: string, port: number, verdict: string): Row => ({
    ...{ name: `${family}: ${what}`, given, sent: fromPod(view, remotePod).udp(4000, port, 'q') },
    ...{ verdict, tracked },
  });
  return [
    row('no room for one more', 54, 'DROP_CONNTRACK_FULL'),
    row('a known one', 53, 'REDIRECT_OVERLAY'),
    {
      ...row('where there is room', 54, 'REDIRECT_OVERLAY'),
      given: {},
      tracked: [trackedLine([pod, 4000], [remotePod, 54])],
    },
    {
      ...row('a packet of no flow needs no room', 53, 'REDIRECT_OVERLAY'),
      sent: fromPod(view, remotePod).echo(7, { reply: true }),
    },
  ];
}

/** Nor is there room for one more assured flow: it goes on where it is. */
export const assuredFull: Table = {
  hook: 'uplink_rx',
  title: 'an assured flow without room stays where it is',
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  tiny: ['hd_ct'],
  rows: FAMILIES.map(view => {
    const { family, pod, sibling, remotePod } = view;
    const known = flow([sibling, 4000], [remotePod, 53], 'ASSURED');
    return {
      name: `${family}: and is a flow as ever`,
      given: {
        ...podWith({ podId: POD_ID.pod, ingress: { [ANY_PEER]: [deny(1)] } }),
        conntrack: [known, ofEach(flow([pod, 4000], [remotePod, 53], 'SEEN_REPLY'), 3, 2)],
      },
      before: [outOfTunnel(bare().ip(remotePod, pod).udp(53, 4000, 'first'))],
      sent: outOfTunnel(bare().ip(remotePod, pod).udp(53, 4000, 'second')),
      verdict: 'REDIRECT_POD',
      tracked: [
        trackedLine([pod, 4000], [remotePod, 53], 'ASSURED', 'SEEN_REPLY', 'in the other map'),
        trackedLine([sibling, 4000], [remotePod, 53], 'ASSURED'),
      ],
    };
  }),
};

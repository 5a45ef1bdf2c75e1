import { FAMILIES, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import { CLUSTER } from '../../support/bpf/cluster-given.ts';
import type { Given } from '../../support/bpf/given.ts';
import {
  allow,
  ANY_PEER,
  deny,
  IDENTITY,
  identified,
  podWith,
  together,
  type PodPolicy,
} from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { admissionRows, type Asked } from './admission.ts';
import { flow, trackedLine } from './flow.ts';

/** A test run of netfilter knows no ingress device: packets of pods and of direct routes come in by number 0. */
const NO_DEVICE = 0;

/** After DNAT and before SNAT: who is really meant, and who really asks. */
export const policyForward: Table = {
  hook: 'forward',
  title: "policy: what the host's stack forwards is evaluated by both of its ends",
  rows: FAMILIES.flatMap(view => [
    ...senderRows(view),
    ...receiverRows(view),
    ...strangerRows(view),
    ...selfRows(view),
    ...nodeAsksRows(view),
  ]),
};

/** This node's pods and its direct routes, behind no device. */
export function podsOnNoDevice(): Partial<Given> {
  const pods = CLUSTER.endpoints.filter(({ kind }) => kind === 'ENDPOINT_LOCAL_POD');
  const endpoints = pods.map(pod => ({ ...identified(pod), ifindex: NO_DEVICE }));
  return { endpoints, ...directRoutesOnNoDevice() };
}

export function directRoutesOnNoDevice(): Partial<Given> {
  const direct = CLUSTER.routes.filter(({ kind }) => kind === 'ROUTE_DIRECT');
  return { routes: direct.map(route => ({ ...route, ifindex: NO_DEVICE })) };
}

function routed(source: string, destination: string): Packet {
  return eth(MAC.gateway, MAC.overlay).ip(source, destination).udp(4000, 53, 'q');
}

function asked(
  view: View,
  what: string,
  more: Pick<Asked, 'podId' | 'direction' | 'identity' | 'sent' | 'verdict'>,
): Row[] {
  return admissionRows({ what: `${view.family} ${what}`, ...more, given: podsOnNoDevice() });
}

function senderRows(view: View): Row[] {
  const destinations = [
    ['outside', 'PASS_UNMANAGED'],
    ['overlayNode', 'PASS_UNMANAGED'],
    ['sibling', 'PASS_HOST_PATH'],
    ['remotePod', 'PASS_HOST_PATH'],
    ['directPod', 'PASS_HOST_PATH'],
  ] as const;
  return destinations.flatMap(([to, verdict]) =>
    asked(view, `from a pod to ${to}`, {
      ...{ podId: POD_ID.pod, direction: 'egress', identity: IDENTITY[to] },
      ...{ sent: routed(view.pod, view[to]), verdict },
    }),
  );
}

function receiverRows(view: View): Row[] {
  const sources = [
    ['outside', 'PASS_UNMANAGED'],
    ['sibling', 'PASS_HOST_PATH'],
    ['directPod', 'PASS_HOST_PATH'],
  ] as const;
  return sources.flatMap(([from, verdict]) =>
    asked(view, `from ${from} to a pod`, {
      ...{ podId: POD_ID.pod, direction: 'ingress', identity: IDENTITY[from] },
      ...{ sent: routed(view[from], view.pod), verdict },
    }),
  );
}

/** Packets that pod_tx passes to be checked here: the flow has an entry, and no policy has admitted it. */
function strangerRows(view: View): Row[] {
  const { family, pod, outside } = view;
  const known: Partial<Given> = {
    conntrack: [{ ...flow([pod, 4000], [outside, 53]), generation: 0 }],
  };
  const rows = admissionRows({
    what: `${family} from a pod to outside, entered by pod_tx`,
    ...{ podId: POD_ID.pod, direction: 'egress', identity: IDENTITY.outside },
    ...{ sent: routed(pod, outside), verdict: 'PASS_UNMANAGED' },
    given: together(podsOnNoDevice(), known),
  });
  return rows.map(row => ({ ...row, tracked: [trackedLine([pod, 4000], [outside, 53])] }));
}

/** By an address that it no longer has, or a transparent proxy's: the answer is forwarded. */
function nodeAsksRows(view: View): Row[] {
  const { family, pod, outside } = view;
  return [
    {
      name: `${family} from a pod to what this node asked it: answers need no policy`,
      sent: routed(pod, outside),
      verdict: 'PASS_UNMANAGED',
      given: together(podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [deny(1)] } }), podsOnNoDevice(), {
        conntrack: [{ ...flow([outside, 53], [pod, 4000], 'FROM_NODE'), generation: 0 }],
      }),
      tracked: [trackedLine([outside, 53], [pod, 4000], 'FROM_NODE', 'SEEN_REPLY')],
    },
  ];
}

/** A pod's own Service that leads back to it: NetworkPolicy never comes between, a ClusterNetworkPolicy may. */
function selfRows(view: View): Row[] {
  const self = (what: string, policies: Omit<PodPolicy, 'podId'>, verdict: string): Row => ({
    name: `${view.family} from a pod to itself: ${what}`,
    sent: routed(view.pod, view.pod),
    verdict,
    given: together(podWith({ podId: POD_ID.pod, ...policies }), podsOnNoDevice()),
  });
  const isolated = { [ANY_PEER]: [deny(1)] };
  const denied = { [ANY_PEER]: [allow(1)], [IDENTITY.pod]: [deny(2, { flags: ['RULE_CLUSTER_POLICY'] })] };
  return [
    self('nothing selects it', {}, 'PASS_HOST_PATH'),
    self('NetworkPolicies isolate it both ways', { egress: isolated, ingress: isolated }, 'PASS_HOST_PATH'),
    self(
      'a ClusterNetworkPolicy denies its egress',
      { egress: denied, ingress: isolated },
      'DROP_POLICY_EGRESS',
    ),
    self(
      'a ClusterNetworkPolicy denies its ingress',
      { egress: isolated, ingress: denied },
      'DROP_POLICY_INGRESS',
    ),
    self('no policy is active yet', { egress: {} }, 'DROP_POLICY_ABSENT'),
  ];
}

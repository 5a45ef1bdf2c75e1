import { DEVICE, FAMILIES, GENERATION, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import {
  allow,
  ANY_PEER,
  deny,
  IDENTITY,
  podWith,
  together,
  type PodPolicy,
} from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth } from '../../support/packet/packet.ts';
import { admissionRows, unaskedRows, type Asked } from './admission.ts';
import { flow } from './flow.ts';

/** Of a prefix. */
const AROUND_NODE = 301;

/** What the host's stack hands to a pod. */
export const policyPodRx: Table = {
  hook: 'pod_rx',
  title:
    'policy: a node reaches its own pods, and what it forwards without proof of a judgement is evaluated here',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(view => [
    ...unaskedRows(asked(view, 'host', 0)),
    ...unaskedRows(asked(view, 'own', 0)),
    ...admissionRows(asked(view, 'outside', DEVICE.uplink)),
    ...admissionRows(asked(view, 'sibling', DEVICE.sibling)),
    ...provenRows(view),
  ]),
};

export const policyPodRxWithoutForward: Table = {
  hook: 'pod_rx',
  title: 'policy: without the forward hook, what the host forwards to a pod is evaluated here',
  context: { ifindex: DEVICE.pod },
  constants: { forward_hook: 0 },
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
      podId: POD_ID.pod,
      direction: 'ingress',
      identity: IDENTITY[from],
    },
    ...{ context: { ingressIfindex }, verdict: 'PASS_POD' },
    sent: eth(MAC.gateway, MAC.pod).ip(view[from], view.pod).udp(4000, 53, 'q'),
  };
}

/**
 * NodePort with masquerade: it shows the node's address, and is not the node, but one of the networks around that address.
 * A pod that asks itself by its Service, and answers from the address of the node that the pod has asked, are the node's.
 */
function forwardedForNode(view: View): Row[] {
  const { family, own, pod } = view;
  const masqueraded = asked(view, 'own', DEVICE.uplink);
  const given: Partial<Given> = {
    cidrs: [{ prefix: `${own}/${family === 'ipv4' ? 32 : 128}`, identity: AROUND_NODE }],
  };
  const asNode = (
    what: string,
    ingressIfindex: number,
    {
      policies,
      more = {},
      verdict,
    }: { policies: Omit<PodPolicy, 'podId'>; more?: Partial<Given>; verdict: string },
  ): Row => ({
    name: `${family} ${what}: ${verdict}`,
    ...{ sent: masqueraded.sent, context: { ingressIfindex }, verdict },
    given: together(podWith({ podId: POD_ID.pod, ...policies }), given, more),
  });
  const nodeOnly = { [ANY_PEER]: [deny(1)], [IDENTITY.own]: [allow(2)] };
  const answered = { conntrack: [{ ...flow([pod, 53], [own, 4000]), generation: GENERATION }] };
  return [
    ...admissionRows({
      ...{ ...masqueraded, identity: AROUND_NODE, given },
      what: `${family} masqueraded as this node`,
    }),
    asNode('masqueraded, isolated', DEVICE.uplink, {
      policies: { ingress: nodeOnly },
      verdict: 'DROP_POLICY_INGRESS',
    }),
    asNode('masqueraded, from a sibling', DEVICE.sibling, {
      ...{ policies: { ingress: nodeOnly }, verdict: 'DROP_POLICY_INGRESS' },
    }),
    asNode('the pod itself, by its Service', DEVICE.pod, {
      policies: { ingress: nodeOnly },
      verdict: 'PASS_POD',
    }),
    asNode('an answer to what the pod asked of the node', DEVICE.sibling, {
      policies: { egress: nodeOnly, ingress: { [ANY_PEER]: [deny(1)] } },
      ...{ more: { control: { generation: GENERATION + 2 }, ...answered }, verdict: 'PASS_POD' },
    }),
  ];
}

/** The forward hook has admitted it in this generation, or in an earlier one. */
function provenRows(view: View): Row[] {
  const known = flow([view.outside, 4000], [view.pod, 53]);
  const refused = asked(view, 'outside', DEVICE.uplink);
  const given = (generation: number): Partial<Given> =>
    together(podWith({ podId: POD_ID.pod, ingress: { [ANY_PEER]: [deny(1)] } }), {
      control: { generation: GENERATION },
      conntrack: [{ ...known, generation }],
    });
  const { sent, context = {} } = refused;
  const name = `${view.family} from outside, refused by policy`;
  return [
    {
      name: `${name}, admitted by this generation`,
      sent,
      context,
      verdict: 'PASS_POD',
      given: given(GENERATION),
    },
    {
      name: `${name}, admitted by an earlier one`,
      sent,
      context,
      verdict: 'DROP_POLICY_INGRESS',
      given: given(GENERATION - 2),
    },
  ];
}

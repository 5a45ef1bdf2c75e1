import { FAMILIES, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
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
import { eth, type Packet } from '../../support/packet/packet.ts';
import { admissionRows, unaskedRows } from './admission.ts';
import { flow, trackedLine } from './flow.ts';
import { podsOnNoDevice } from './policy-forward.ts';

/** A VIP, a link-local address, a second NIC's: no endpoint. */
const UNLISTED = { ipv4: '203.0.113.77', ipv6: '2001:db8:77::77' } as const;
const PORT = 53;
const NODE = IDENTITY.own;
const ADDRESS = 300;

/** Behind DNAT: what a pod sends to its own node, at an address that Heddle knows and at any other. */
export const policyInput: Table = {
  hook: 'input',
  title: 'policy: what this node takes in from its own pods is evaluated',
  rows: FAMILIES.flatMap(view => [
    ...knownRows(view),
    ...unlistedRows(view),
    ...takenForRows(view),
    ...otherRows(view),
  ]),
};

function taken(view: View, destination: string): Packet {
  return eth(MAC.gateway, MAC.overlay).ip(view.pod, destination).udp(4000, PORT, 'q');
}

function knownRows(view: View): Row[] {
  return (['own', 'host'] as const).flatMap(to =>
    admissionRows({
      ...{ what: `${view.family} from a pod to ${to}`, podId: POD_ID.pod, direction: 'egress' },
      ...{ identity: IDENTITY[to], sent: taken(view, view[to]), verdict: 'PASS_HOST' },
      given: podsOnNoDevice(),
    }),
  );
}

function unlisted(view: View, name: string, policies: Omit<PodPolicy, 'podId'>, verdict: string): Row {
  const destination = UNLISTED[view.family];
  const prefix = `${destination}/${view.family === 'ipv4' ? 32 : 128}`;
  const given: Partial<Given> = together(podWith({ podId: POD_ID.pod, ...policies }), podsOnNoDevice(), {
    cidrs: [{ prefix, identity: ADDRESS }],
  });
  const isDropped = verdict.startsWith('DROP_');
  return {
    ...{ name: `${view.family} to an address that is no endpoint: ${name}`, sent: taken(view, destination) },
    ...{ verdict, given },
    tracked: isDropped ? [] : [trackedLine([view.pod, 4000], [destination, PORT])],
  };
}

/** What the compiler has made of ClusterNetworkPolicies for such addresses decides, and nothing else. */
function unlistedRows(view: View): Row[] {
  const drop = 'DROP_POLICY_EGRESS';
  const row = (name: string, policies: Omit<PodPolicy, 'podId'>, verdict: string): Row =>
    unlisted(view, name, policies, verdict);
  const isolated = { [ANY_PEER]: [deny(1)] };
  return [
    row('no policy selects the pod', {}, 'PASS_HOST'),
    row('the address is denied', { ownNode: { 0: [allow(1)], [ADDRESS]: [deny(2)] } }, drop),
    row('the node is denied', { ownNode: { 0: [deny(1)] } }, drop),
    row(
      'the node is denied, the address is not',
      { ownNode: { 0: [deny(1)], [ADDRESS]: [allow(2)] } },
      'PASS_HOST',
    ),
    row('the pod is isolated', { egress: isolated, ingress: isolated }, 'PASS_HOST'),
    row(
      "a row of the node's named addresses",
      { ownNode: { 0: [allow(1)], [NODE]: [deny(2)] } },
      'PASS_HOST',
    ),
    row('isolated, and the node is denied', { egress: isolated, ownNode: { 0: [deny(2)] } }, drop),
    row('no rows are there yet', { ownNode: {} }, 'DROP_POLICY_ABSENT'),
  ];
}

/** Packets that the node accepts for others (TPROXY, a local route): a pod counts as that pod, another node's as its own. */
function takenForRows(view: View): Row[] {
  const row = (
    to: 'remotePod' | 'overlayNode',
    policies: Omit<PodPolicy, 'podId'>,
    verdict: string,
  ): Row => ({
    name: `${view.family} taken in for ${to}: ${verdict}`,
    ...{ sent: taken(view, view[to]), verdict },
    given: together(podWith({ podId: POD_ID.pod, ...policies }), podsOnNoDevice()),
    tracked: verdict === 'PASS_HOST' ? [trackedLine([view.pod, 4000], [view[to], PORT])] : [],
  });
  const isolated = { [ANY_PEER]: [deny(1)] };
  const admitted = { ...isolated, [IDENTITY.remotePod]: [allow(2)] };
  return [
    row('remotePod', { egress: admitted, ownNode: isolated }, 'PASS_HOST'),
    row('remotePod', { egress: isolated }, 'DROP_POLICY_EGRESS'),
    row('overlayNode', { egress: isolated }, 'PASS_HOST'),
    row('overlayNode', { ownNode: isolated }, 'DROP_POLICY_EGRESS'),
  ];
}

/** From anybody else; and what answers the node itself. */
function otherRows(view: View): Row[] {
  const { family, pod, own, outside, remotePod } = view;
  const others = [
    { from: 'outside', source: outside, verdict: 'PASS_UNMANAGED' },
    {
      from: 'remotePod, by a device that does not lead to it',
      source: remotePod,
      verdict: 'DROP_NATIVE_SOURCE',
    },
  ] as const;
  const answered: Partial<Given> = {
    conntrack: [{ ...flow([own, PORT], [pod, 4000], 'FROM_NODE'), generation: 0 }],
  };
  const asked = { podId: POD_ID.pod, direction: 'egress', identity: NODE } as const;
  return [
    ...others.flatMap(({ from, source, verdict }) =>
      unaskedRows({
        ...{ ...asked, what: `${family} from ${from}`, verdict, given: podsOnNoDevice() },
        sent: eth(MAC.gateway, MAC.overlay).ip(source, own).udp(4000, PORT, 'q'),
      }),
    ),
    ...unaskedRows({
      ...{ ...asked, what: `${family} a pod answers its node`, verdict: 'PASS_HOST' },
      ...{ sent: taken(view, own), given: together(podsOnNoDevice(), answered) },
    }),
  ];
}

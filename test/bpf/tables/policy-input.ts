import { FAMILIES, MAC, SLOT, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import {
  allow,
  ANYBODY,
  deny,
  IDENTITY,
  podWith,
  together,
  type PeerRows,
} from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { admissionRows, unaskedRows } from './admission.ts';
import { flow, trackedLine } from './flow.ts';
import { podsOnNoDevice } from './policy-forward.ts';

/** A VIP, a link-local address, a second NIC's: no endpoint. */
const UNLISTED = { ipv4: '203.0.113.77', ipv6: '2001:db8:77::77' } as const;
const PORT = 53;
const CLUSTER_RULE = { order: 10 };
const EARLIER_RULE = { order: 3 };
const NODE = IDENTITY.own;
const ADDRESS = 300;

/** Behind DNAT: what a pod sends to its own node, at an address that Heddle knows and at any other. */
export const policyInput: Table = {
  hook: 'input',
  title: 'policy: what this node takes in from its own pods is judged',
  rows: FAMILIES.flatMap(view => [
    ...knownRows(view),
    ...unlistedRows(view),
    ...unlistedOrderRows(view),
    ...otherRows(view),
  ]),
};

function taken(view: View, destination: string): Packet {
  return eth(MAC.gateway, MAC.overlay).ip(view.pod, destination).udp(4000, PORT, 'q');
}

function knownRows(view: View): Row[] {
  return (['own', 'host'] as const).flatMap(to =>
    admissionRows({
      ...{ what: `${view.family} from a pod to ${to}`, slot: SLOT.pod, direction: 'egress' },
      ...{ identity: IDENTITY[to], sent: taken(view, view[to]), verdict: 'PASS_HOST' },
      given: podsOnNoDevice(),
    }),
  );
}

function unlisted(view: View, name: string, egress: PeerRows | undefined, verdict: string): Row {
  const destination = UNLISTED[view.family];
  const prefix = `${destination}/${view.family === 'ipv4' ? 32 : 128}`;
  const given: Partial<Given> = together(podWith({ slot: SLOT.pod, egress }), podsOnNoDevice(), {
    cidrs: [{ prefix, identity: ADDRESS }],
  });
  const isDropped = verdict.startsWith('DROP_');
  return {
    ...{ name: `${view.family} to an address that is no endpoint: ${name}`, sent: taken(view, destination) },
    ...{ verdict, given },
    tracked: isDropped ? [] : [trackedLine([view.pod, 4000], [destination, PORT])],
  };
}

/** `nodes` peers match it by the node's identity, `networks` by the address. */
function unlistedRows(view: View): Row[] {
  const drop = 'DROP_POLICY_EGRESS';
  const row = (name: string, egress: PeerRows | undefined, verdict: string): Row =>
    unlisted(view, name, egress, verdict);
  const isolated = deny(1);
  return [
    row('no policy selects the pod', undefined, 'PASS_HOST'),
    row(
      'a ClusterNetworkPolicy denies the address',
      { 0: [allow(1)], [ADDRESS]: [deny(2, CLUSTER_RULE)] },
      drop,
    ),
    row('a ClusterNetworkPolicy denies the node', { 0: [allow(1)], [NODE]: [deny(2, CLUSTER_RULE)] }, drop),
    row('a NetworkPolicy isolates the pod', { [ANYBODY]: [isolated], [NODE]: [allow(2)] }, 'PASS_HOST'),
    row(
      'a NetworkPolicy denies the address alone',
      { 0: [isolated], [ADDRESS]: [deny(2)], [NODE]: [allow(3)] },
      'PASS_HOST',
    ),
    row(
      'a NetworkPolicy isolates the pod, and a ClusterNetworkPolicy denies the node',
      { [ANYBODY]: [isolated], [NODE]: [deny(2, CLUSTER_RULE)] },
      drop,
    ),
    row('no rows are there yet', {}, 'DROP_POLICY_ABSENT'),
  ];
}

/** The first of both decides. */
function unlistedOrderRows(view: View): Row[] {
  const both = (address: PeerRows[number], node: PeerRows[number]): PeerRows => ({
    [ANYBODY]: [deny(1)],
    [ADDRESS]: address,
    [NODE]: node,
  });
  const drop = 'DROP_POLICY_EGRESS';
  return [
    unlisted(
      view,
      'accepted before the node is denied',
      both([allow(2, EARLIER_RULE)], [deny(3, CLUSTER_RULE)]),
      'PASS_HOST',
    ),
    unlisted(
      view,
      'accepted after the node is denied',
      both([allow(2, CLUSTER_RULE)], [deny(3, EARLIER_RULE)]),
      drop,
    ),
    unlisted(
      view,
      'denied before the node is accepted',
      both([deny(2, EARLIER_RULE)], [allow(3, CLUSTER_RULE)]),
      drop,
    ),
    unlisted(
      view,
      'denied after the node is accepted',
      both([deny(2, CLUSTER_RULE)], [allow(3, EARLIER_RULE)]),
      'PASS_HOST',
    ),
  ];
}

/** From anybody else; and what answers the node itself. */
function otherRows(view: View): Row[] {
  const { family, pod, own, outside, remotePod } = view;
  const others = { outside, remotePod };
  const answered: Partial<Given> = {
    conntrack: [{ ...flow([own, PORT], [pod, 4000], 'FROM_NODE'), generation: 0 }],
  };
  const asked = { slot: SLOT.pod, direction: 'egress', identity: NODE } as const;
  return [
    ...Object.entries(others).flatMap(([from, source]) =>
      unaskedRows({
        ...{ ...asked, what: `${family} from ${from}`, verdict: 'PASS_FOREIGN', given: podsOnNoDevice() },
        sent: eth(MAC.gateway, MAC.overlay).ip(source, own).udp(4000, PORT, 'q'),
      }),
    ),
    ...unaskedRows({
      ...{ ...asked, what: `${family} a pod answers its node`, verdict: 'PASS_HOST' },
      ...{ sent: taken(view, own), given: together(podsOnNoDevice(), answered) },
    }),
  ];
}

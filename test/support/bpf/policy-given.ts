// Policy as the tables write it: who is known by which identity, and what each policy has for each of them.
import { CLUSTER } from './cluster-given.ts';
import { FAMILIES } from './cluster.ts';
import type { Given, GivenEndpoint } from './given.ts';
import type { GivenPod, GivenRule } from './given-policy.ts';

/** By the names of the cluster's addresses; policy knows no others. */
export const IDENTITY = {
  pod: 101,
  sibling: 102,
  remotePod: 103,
  directPod: 104,
  farPod: 105,
  host: 106,
  own: 106,
  overlayNode: 107,
  overlayHost: 107,
  outside: 108,
} as const;

/** Peers without a row of their own. */
export const ANY_PEER = 0;

type RuleText = Omit<GivenRule, 'ruleSet'>;
type On = Omit<RuleText, 'action' | 'rule'>;

export function allow(rule: number, on: On = {}): RuleText {
  return { action: 'POLICY_ALLOW', rule, ...on };
}

export function deny(rule: number, on: On = {}): RuleText {
  return { action: 'POLICY_DENY', rule, ...on };
}

/** One policy: its rows by the peer's identity. */
export function policy(number: number, rows: PeerRowSpecs): Pick<Given, 'peers' | 'rules'> {
  const peers = Object.keys(rows).map(key => {
    const identity = Number(key);
    return { policy: number, identity, ruleSet: number * 1_000 + identity };
  });
  const rules = peers.flatMap(({ identity, ruleSet }) =>
    (rows[identity] ?? []).map(rule => ({ ...rule, ruleSet })),
  );
  return { peers, rules };
}

/** All given rules, in order. */
export function together(...parts: readonly Partial<Given>[]): Partial<Given> {
  const control = parts.findLast(part => part.control !== undefined)?.control;
  return {
    ifaces: parts.flatMap(part => part.ifaces ?? []),
    endpoints: parts.flatMap(part => part.endpoints ?? []),
    routes: parts.flatMap(part => part.routes ?? []),
    nodes: parts.flatMap(part => part.nodes ?? []),
    services: parts.flatMap(part => part.services ?? []),
    conntrack: parts.flatMap(part => part.conntrack ?? []),
    pods: parts.flatMap(part => part.pods ?? []),
    cidrs: parts.flatMap(part => part.cidrs ?? []),
    peers: parts.flatMap(part => part.peers ?? []),
    rules: parts.flatMap(part => part.rules ?? []),
    ...(control === undefined ? {} : { control }),
  };
}

/** The cluster, known to policy. */
export const IDENTIFIED: Partial<Given> = {
  endpoints: CLUSTER.endpoints.map(identified),
  cidrs: FAMILIES.map(view => ({
    prefix: `${view.outside}/${view.family === 'ipv4' ? 32 : 128}`,
    identity: IDENTITY.outside,
  })),
};

export function identified(endpoint: GivenEndpoint): GivenEndpoint {
  const names = Object.keys(IDENTITY) as (keyof typeof IDENTITY)[];
  const name = names.find(name => FAMILIES.some(view => view[name] === endpoint.addr));
  return name === undefined ? endpoint : { ...endpoint, identity: IDENTITY[name] };
}

const POLICY = { egress: 11, ingress: 12, ownNode: 13 } as const;

/** What a policy has for its peers, by identity. */
export type PeerRowSpecs = Readonly<Record<number, readonly RuleText[]>>;

export interface PodPolicy {
  readonly podId: number;
  /** Absent: open. */
  readonly egress?: PeerRowSpecs | undefined;
  readonly ingress?: PeerRowSpecs | undefined;
  readonly ownNode?: PeerRowSpecs | undefined;
}

/** A cluster in which that pod has those policies. */
export function podWith({ podId, ...directions }: PodPolicy): Partial<Given> {
  const policies = (['egress', 'ingress', 'ownNode'] as const).flatMap(name => {
    const rows = directions[name];
    return rows === undefined ? [] : [{ name, number: podId * 100 + POLICY[name], rows }];
  });
  const numbers = Object.fromEntries(policies.map(({ name, number }) => [name, number]));
  const pod: GivenPod = { podId, ...numbers };
  return together(IDENTIFIED, { pods: [pod] }, ...policies.map(({ number, rows }) => policy(number, rows)));
}

// A world of policy as data: who is there, which policies hold, and who is expected to reach whom. The form is that of
// the files in test/conformance/cases/.

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export type Labels = Readonly<Record<string, string>>;

export interface WorldNamespace {
  readonly name: string;
  readonly labels: Labels;
}

export interface WorldPort {
  readonly name?: string | undefined;
  readonly port: number;
  readonly protocol: Protocol;
}

export interface WorldPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** At most one of each family. */
  readonly ips: readonly string[];
  readonly node: string;
  readonly ports: readonly WorldPort[];
  /** It is its node then, and its addresses are the node's. */
  readonly hostNetwork?: boolean | undefined;
}

export interface WorldNode {
  readonly name: string;
  readonly labels: Labels;
  readonly ips: readonly string[];
  /** Addresses that it has, too, and that its object does not name: of a bridge, of a VIP. */
  readonly unnamedIps?: readonly string[] | undefined;
}

/** A peer outside of the cluster. */
export interface WorldExternal {
  readonly name: string;
  readonly ips: readonly string[];
}

/** A Kubernetes object, as it was written. */
export interface RawPolicy {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
  readonly spec: unknown;
}

export interface World {
  readonly namespaces: readonly WorldNamespace[];
  readonly pods: readonly WorldPod[];
  readonly externals: readonly WorldExternal[];
  readonly nodes: readonly WorldNode[];
  readonly policies: readonly RawPolicy[];
}

/** Whether `from` may open a connection to `to`: 'NAMESPACE/POD', 'external/NAME', 'node/NAME' or 'unnamed/NODE'. */
export interface Query {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** Absent: IPv4. */
  readonly family?: 6 | 4 | undefined;
}

export interface Row extends Query {
  readonly allowed: boolean;
}

export interface Case extends World {
  readonly name: string;
  readonly source: string;
  readonly note?: string | undefined;
  /** Absent: a case of one step. */
  readonly sequence?:
    { readonly id: string; readonly step: number; readonly of: number; readonly action: string } | undefined;
  readonly expect: readonly Row[];
}

/** 'x/a → y/b 80/TCP over IPv6'. */
export function queryText({ from, to, port, protocol, family }: Query): string {
  return `${from} → ${to} ${port}/${protocol} over IPv${family ?? 4}`;
}

/** As a policy is named wherever a decision is explained: 'NetworkPolicy x/p'. */
export function policyText({ kind, metadata }: RawPolicy): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

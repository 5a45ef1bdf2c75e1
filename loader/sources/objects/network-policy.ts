// networking.k8s.io/v1 NetworkPolicy, as it is written (what is odd is refused) and as it is stored (what is odd admits nothing).
import * as z from 'zod';
import { cidrAddr, cidrContains, cidrPrefixLength } from 'ip';
import { DEFAULT_NAMESPACE } from '../../model/kinds.ts';
import type { LabelSelector, Policy, PolicyPeer, PolicyRule, PortMatch } from '../../model/policies.ts';
import {
  everything,
  labelSelector,
  network,
  orUnreadable,
  portNumber,
  type Strictness,
} from './policy-fields.ts';
import * as field from './kubernetes-fields.ts';

/** RFC 6335, section 5.1, as Kubernetes has it. */
const PORT_NAME = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;
const UNKNOWN = { kind: 'unknown' } as const;

type PolicyType = 'Ingress' | 'Egress';
/** A peer without a namespace selector is of the policy's own namespace. */
type PeerWithin = (namespace: string) => PolicyPeer;

interface ReadRule {
  readonly peers: readonly PeerWithin[] | null | undefined;
  readonly ports: readonly PortMatch[] | null | undefined;
}

interface ReadSpec {
  readonly podSelector: LabelSelector | 'unreadable' | null | undefined;
  readonly policyTypes: readonly (PolicyType | 'unreadable')[] | null | undefined;
  readonly ingress: readonly ReadRule[] | null | undefined;
  readonly egress: readonly ReadRule[] | null | undefined;
}

const unknownPeer: PeerWithin = () => UNKNOWN;
/** Admits no peer. */
const CLOSED_RULE: ReadRule = { peers: [unknownPeer], ports: undefined };
/** For an unreadable object: selects every pod of its namespace, in both directions. */
const CLOSED_SPEC: ReadSpec = {
  podSelector: 'unreadable',
  policyTypes: ['unreadable'],
  ingress: undefined,
  egress: undefined,
};

/** A field that is not known may narrow the rule, the peer or the port that it stands in, so that takes all of it along. */
export const networkPolicy = { written: schemaOf('written'), stored: schemaOf('stored') } as const;

function schemaOf(strictness: Strictness): z.ZodType<Policy> {
  const fields = specFields(strictness);
  const isWritten = strictness === 'written';
  const written = z.object({ metadata: field.metadata, spec: z.strictObject(fields) });
  const stored = z.object({
    metadata: field.policyMetadata,
    spec: orUnreadable<ReadSpec | null | undefined>(z.object(fields).nullish(), CLOSED_SPEC),
  });
  return (isWritten ? written : stored).transform(({ metadata, spec }): Policy =>
    policyOf({ name: metadata.name, namespace: metadata.namespace ?? DEFAULT_NAMESPACE }, spec ?? {}),
  );
}

function specFields(strictness: Strictness) {
  const [peers, ports] = [peersOf(strictness), portsOf(strictness)];
  const rulesOf = (rule: z.ZodType<ReadRule>) =>
    orUnreadable<ReadSpec['ingress']>(z.array(orUnreadable<ReadRule>(rule, CLOSED_RULE)).nullish(), [
      CLOSED_RULE,
    ]);
  const types = z.array(orUnreadable<PolicyType | 'unreadable'>(z.enum(['Ingress', 'Egress']), 'unreadable'));
  return {
    podSelector: orUnreadable<ReadSpec['podSelector']>(labelSelector[strictness].nullish(), 'unreadable'),
    policyTypes: orUnreadable<ReadSpec['policyTypes']>(
      (strictness === 'written' ? types.max(2) : types).nullish(),
      ['unreadable'],
    ),
    ingress: rulesOf(
      z.strictObject({ from: peers, ports }).transform((rule): ReadRule => {
        return { peers: rule.from, ports: rule.ports };
      }),
    ),
    egress: rulesOf(
      z.strictObject({ to: peers, ports }).transform((rule): ReadRule => {
        return { peers: rule.to, ports: rule.ports };
      }),
    ),
  };
}

function peersOf(strictness: Strictness) {
  const peer = z
    .strictObject({
      podSelector: labelSelector[strictness].nullish(),
      namespaceSelector: labelSelector[strictness].nullish(),
      ipBlock: ipBlockOf(strictness).nullish(),
    })
    .transform((raw, context): PeerWithin => {
      const pods = raw.podSelector ?? undefined;
      const namespaces = raw.namespaceSelector ?? undefined;
      const hasSelector = pods !== undefined || namespaces !== undefined;
      const block = raw.ipBlock ?? undefined;
      if (block === undefined && !hasSelector)
        context.addIssue('names no peer: write podSelector, namespaceSelector or ipBlock');
      if (block !== undefined && hasSelector)
        context.addIssue('has ipBlock beside a selector: make two peers of it');
      if (block !== undefined) return () => ({ kind: 'network', ...block });
      return name => ({ kind: 'pods', namespaces: namespaces ?? { name }, pods: pods ?? everything });
    });
  return orUnreadable(z.array(orUnreadable<PeerWithin>(peer, unknownPeer)).nullish(), [unknownPeer]);
}

/** An exception outside of its network excepts nothing: stored, it changes nothing. */
function ipBlockOf(strictness: Strictness) {
  return z
    .strictObject({ cidr: network, except: z.array(network).nullish() })
    .transform(({ cidr, except }, context) => {
      const isWithin = (inner: typeof cidr): boolean =>
        cidrContains(cidr, cidrAddr(inner)) && cidrPrefixLength(inner) > cidrPrefixLength(cidr);
      for (const [i, inner] of (strictness === 'written' ? (except ?? []) : []).entries())
        if (!isWithin(inner))
          context.addIssue({
            code: 'custom',
            path: ['except', i],
            message: `is no part of ${cidr}: write a smaller prefix within it`,
          });
      return { cidr, except: except ?? [] };
    });
}

function portsOf(strictness: Strictness) {
  const port = z
    .strictObject({
      protocol: z.enum(['TCP', 'UDP', 'SCTP']).nullish(),
      port: portValueOf(strictness).optional(),
      endPort: portNumber.nullish(),
    })
    .transform((raw, context): PortMatch => {
      const protocol = raw.protocol ?? 'TCP';
      const first = raw.port;
      const last = raw.endPort ?? undefined;
      const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['endPort'], message });
      if (last !== undefined && typeof first !== 'number') refuse('needs a number in port beside it');
      if (last !== undefined && typeof first === 'number' && last < first)
        refuse(`is below port ${first}: write ${first} or more`);
      if (typeof first === 'string') return { kind: 'named', name: first, protocol };
      if (first === undefined) return { kind: 'range', protocol, first: 0, last: 65_535 };
      return { kind: 'range', protocol, first, last: last ?? first };
    });
  return orUnreadable(z.array(orUnreadable<PortMatch>(port, UNKNOWN)).nullish(), [UNKNOWN]);
}

/** intstr.IntOrString: text is a name, also '80', and no container's port is called so. */
function portValueOf(strictness: Strictness) {
  return z.unknown().transform((value, context): number | string | undefined => {
    if (value === null || value === undefined) return undefined;
    if (typeof value === 'number' && portNumber.safeParse(value).success) return value;
    if (typeof value === 'string' && PORT_NAME.test(value)) return value;
    if (typeof value === 'string' && value !== '' && strictness === 'stored') return value;
    const isDigits = typeof value === 'string' && /^\d+$/.test(value);
    const advice = isDigits ? 'write the number without quotes' : 'write 1 to 65535, or the name of a port';
    context.addIssue(`is no port: ${advice}`);
    return z.NEVER;
  });
}

function policyOf(
  called: { readonly name: string; readonly namespace: string },
  spec: Partial<ReadSpec>,
): Policy {
  const { name, namespace } = called;
  const types = typesOf(spec);
  // Whose rules they are is not known then: another policy's pods must not be opened by them.
  const isSubjectKnown = spec.podSelector !== 'unreadable';
  // Rules of a direction that is not among the types mean nothing.
  const rulesOf = (type: PolicyType, rules: ReadSpec['ingress']): readonly PolicyRule[] =>
    types.has(type) ? (rules ?? []).map(rule => ruleOf(isSubjectKnown ? rule : CLOSED_RULE, namespace)) : [];
  return {
    kind: 'NetworkPolicy',
    namespace,
    name,
    tier: 'NetworkPolicy',
    priority: 0,
    subject: {
      namespaces: { name: namespace },
      pods: (spec.podSelector === 'unreadable' ? undefined : spec.podSelector) ?? everything,
    },
    isolates: [
      ...(types.has('Egress') ? ['egress' as const] : []),
      ...(types.has('Ingress') ? ['ingress' as const] : []),
    ],
    egress: rulesOf('Egress', spec.egress),
    ingress: rulesOf('Ingress', spec.ingress),
  };
}

/** The API's defaulting rule: a list without rules does not speak for its direction, unless the types say so. */
function typesOf({ policyTypes, egress }: Partial<ReadSpec>): ReadonlySet<PolicyType> {
  const both = ['Ingress', 'Egress'] as const;
  if (policyTypes && policyTypes.length > 0)
    return new Set(policyTypes.flatMap(type => (type === 'unreadable' ? both : [type])));
  return new Set(egress && egress.length > 0 ? both : ['Ingress']);
}

function ruleOf({ peers, ports }: ReadRule, namespace: string): PolicyRule {
  return {
    action: 'Accept',
    peers: peers && peers.length > 0 ? peers.map(peerIn => peerIn(namespace)) : 'all',
    ports: ports && ports.length > 0 ? ports : 'all',
  };
}

// networking.k8s.io/v1 NetworkPolicy. Unknown fields are refused: without them a rule might admit more than was meant.
import { z } from 'zod';
import { cidrAddr, cidrContains, cidrPrefixLength } from '../model/cidr.ts';
import type { Policy, PolicyPeer, PolicyRule, PortMatch } from '../model/policies.ts';
import * as field from './kubernetes-fields.ts';
import { everything, labelSelector, network, portNumber } from './policy-fields.ts';

/** RFC 6335, section 5.1, as Kubernetes has it. */
const PORT_NAME = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;

const ipBlock = z
  .strictObject({ cidr: network, except: z.array(network).nullish() })
  .transform(({ cidr, except }, context) => {
    for (const [i, inner] of (except ?? []).entries())
      if (!cidrContains(cidr, cidrAddr(inner)) || cidrPrefixLength(inner) <= cidrPrefixLength(cidr))
        context.addIssue({
          code: 'custom',
          path: ['except', i],
          message: `is no part of ${cidr}: write a smaller prefix within it`,
        });
    return { cidr, except: except ?? [] };
  });

const peer = z
  .strictObject({
    podSelector: labelSelector.nullish(),
    namespaceSelector: labelSelector.nullish(),
    ipBlock: ipBlock.nullish(),
  })
  .transform((given, context): ((namespace: string) => PolicyPeer) => {
    const pods = given.podSelector ?? undefined;
    const namespaces = given.namespaceSelector ?? undefined;
    const hasSelector = pods !== undefined || namespaces !== undefined;
    const block = given.ipBlock ?? undefined;
    if (block === undefined && !hasSelector)
      context.addIssue('names nobody: write podSelector, namespaceSelector or ipBlock');
    if (block !== undefined && hasSelector)
      context.addIssue('has ipBlock beside a selector: make two peers of it');
    if (block !== undefined) return () => ({ kind: 'network', ...block });
    return name => ({ kind: 'pods', namespaces: namespaces ?? { name }, pods: pods ?? everything });
  });

const portValue = z.unknown().transform((value, context): number | string | undefined => {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' && portNumber.safeParse(value).success) return value;
  if (typeof value === 'string' && PORT_NAME.test(value)) return value;
  const isDigits = typeof value === 'string' && /^\d+$/.test(value);
  const advice = isDigits ? 'write the number without quotes' : 'write 1 to 65535, or the name of a port';
  context.addIssue(`is no port: ${advice}`);
  return z.NEVER;
});

const port = z
  .strictObject({
    protocol: z.enum(['TCP', 'UDP', 'SCTP']).nullish(),
    port: portValue.optional(),
    endPort: portNumber.nullish(),
  })
  .transform((given, context): PortMatch => {
    const protocol = given.protocol ?? 'TCP';
    const first = given.port;
    const last = given.endPort ?? undefined;
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['endPort'], message });
    if (last !== undefined && typeof first !== 'number') refuse('needs a number in port beside it');
    if (last !== undefined && typeof first === 'number' && last < first)
      refuse(`is below port ${first}: write ${first} or more`);
    if (typeof first === 'string') return { kind: 'named', name: first, protocol };
    if (first === undefined) return { kind: 'range', protocol, first: 0, last: 65_535 };
    return { kind: 'range', protocol, first, last: last ?? first };
  });

const peers = z.array(peer).nullish();
const ports = z.array(port).nullish();

const spec = z.strictObject({
  podSelector: labelSelector.nullish(),
  policyTypes: z
    .array(z.enum(['Ingress', 'Egress']))
    .max(2)
    .nullish(),
  ingress: z.array(z.strictObject({ from: peers, ports })).nullish(),
  egress: z.array(z.strictObject({ to: peers, ports })).nullish(),
});

interface GivenRule {
  readonly peers: z.infer<typeof peers>;
  readonly ports: z.infer<typeof ports>;
}

export const networkPolicy = z
  .object({ metadata: field.metadata, spec })
  .transform(({ metadata, spec }): Policy => {
    const namespace = metadata.namespace ?? 'default';
    const types = typesOf(spec);
    const ingress = (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
    const egress = (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
    // Rules of a direction that is not among the types mean nothing.
    const rulesOf = (type: 'Ingress' | 'Egress', rules: readonly GivenRule[]): readonly PolicyRule[] =>
      types.has(type) ? rules.map(rule => ruleOf(rule, namespace)) : [];
    return {
      kind: 'NetworkPolicy',
      namespace,
      name: metadata.name,
      tier: 'NetworkPolicy',
      priority: 0,
      subject: { namespaces: { name: namespace }, pods: spec.podSelector ?? everything },
      isolates: [
        ...(types.has('Egress') ? ['egress' as const] : []),
        ...(types.has('Ingress') ? ['ingress' as const] : []),
      ],
      egress: rulesOf('Egress', egress),
      ingress: rulesOf('Ingress', ingress),
    };
  });

/** The API's defaulting rule: a list without rules does not speak for its direction, unless the types say so. */
function typesOf({ policyTypes, egress }: z.infer<typeof spec>): ReadonlySet<'Ingress' | 'Egress'> {
  if (policyTypes && policyTypes.length > 0) return new Set(policyTypes);
  return new Set(egress && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
}

function ruleOf({ peers, ports }: GivenRule, namespace: string): PolicyRule {
  return {
    action: 'Accept',
    peers: peers && peers.length > 0 ? peers.map(peerIn => peerIn(namespace)) : 'all',
    ports: ports && ports.length > 0 ? ports : 'all',
  };
}

// policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy. What a later version may add to a peer fails closed.
import { z } from 'zod';
import type {
  Policy,
  PolicyPeer,
  PolicyRule,
  PodSelector,
  PortMatch,
  PortProtocol,
} from '../model/policies.ts';
import * as field from './kubernetes-fields.ts';
import { everything, labelSelector, network, portNumber } from './policy-fields.ts';

/** Most rules of a direction, peers of a rule, protocols of a rule, and networks of a peer. */
const MOST = 25;
const UNKNOWN = { kind: 'unknown' } as const;
const PEER_FIELDS: ReadonlySet<string> = new Set(['namespaces', 'pods', 'nodes', 'networks', 'domainNames']);
const PROTOCOL_FIELDS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'destinationNamedPort']);
const PORT_FIELDS: ReadonlySet<string> = new Set(['number', 'range']);

const namespacedPods = z
  .strictObject({ namespaceSelector: labelSelector.nullish(), podSelector: labelSelector })
  .transform((given): PodSelector => {
    return { namespaces: given.namespaceSelector ?? everything, pods: given.podSelector };
  });

const subject = z
  .strictObject({ namespaces: labelSelector.nullish(), pods: namespacedPods.nullish() })
  .transform(({ namespaces, pods }, context): PodSelector => {
    if (pods && !namespaces) return pods;
    if (!namespaces || pods) context.addIssue('must have one of namespaces and pods');
    return { namespaces: namespaces ?? everything, pods: everything };
  });

const peer = z
  .looseObject({
    namespaces: labelSelector.nullish(),
    pods: namespacedPods.nullish(),
    nodes: labelSelector.nullish(),
    networks: z.array(network).min(1).max(MOST).nullish(),
  })
  .transform((given, context): readonly PolicyPeer[] => {
    if (isUnknown(given, PEER_FIELDS, context)) return [UNKNOWN];
    const { namespaces, pods, nodes, networks } = given;
    if (namespaces) return [{ kind: 'pods', namespaces, pods: everything }];
    if (pods) return [{ kind: 'pods', ...pods }];
    if (nodes) return [{ kind: 'nodes', nodes }];
    return networks?.map(cidr => ({ kind: 'network', cidr, except: [] })) ?? [UNKNOWN]; // domainNames
  });

const range = z.strictObject({ start: portNumber, end: portNumber }).transform(({ start, end }, context) => {
  if (end <= start)
    context.addIssue({ code: 'custom', path: ['end'], message: `must be above start, which is ${start}` });
  return { first: start, last: end };
});

const destinationPort = z
  .looseObject({ number: portNumber.nullish(), range: range.nullish() })
  .transform((given, context) => {
    if (isUnknown(given, PORT_FIELDS, context)) return 'unknown' as const;
    return given.range ?? { first: given.number ?? 0, last: given.number ?? 0 };
  });

/** Without a port: every port of the protocol. */
const transport = z
  .looseObject({ destinationPort: destinationPort.nullish() })
  .transform(({ destinationPort, ...others }) => {
    if (Object.values(others).some(isSet)) return 'unknown' as const;
    return destinationPort ?? { first: 0, last: 65_535 };
  });

const protocol = z
  .looseObject({
    tcp: transport.nullish(),
    udp: transport.nullish(),
    sctp: transport.nullish(),
    destinationNamedPort: z.string().nullish(),
  })
  .transform((given, context): PortMatch => {
    if (isUnknown(given, PROTOCOL_FIELDS, context)) return UNKNOWN;
    const { tcp, udp, sctp, destinationNamedPort } = given;
    if (tcp) return rangeOf('TCP', tcp);
    if (udp) return rangeOf('UDP', udp);
    if (sctp) return rangeOf('SCTP', sctp);
    return destinationNamedPort ? { kind: 'named', name: destinationNamedPort } : UNKNOWN;
  });

const peers = z.array(peer).min(1).max(MOST);
const rule = {
  name: z.string().max(100).nullish(),
  action: z.enum(['Accept', 'Deny', 'Pass']),
  protocols: z.array(protocol).min(1).max(MOST).nullish(),
};

const ingressRule = z
  .strictObject({ ...rule, from: peers })
  .transform(({ from, ...given }) => ruleOf(given, from.flat()));

const egressRule = z.strictObject({ ...rule, to: peers }).transform(({ to, ...given }, context) => {
  const named = given.protocols?.findIndex(({ kind }) => kind === 'named') ?? -1;
  if (named >= 0 && !to.flat().every(({ kind }) => kind === 'pods' || kind === 'unknown'))
    context.addIssue({
      code: 'custom',
      path: ['protocols', named, 'destinationNamedPort'],
      message: 'names no port of nodes or networks: write its number, or make two rules of it',
    });
  return ruleOf(given, to.flat());
});

export const clusterNetworkPolicy = z
  .object({
    metadata: field.metadata,
    spec: z.strictObject({
      tier: z.enum(['Admin', 'Baseline']),
      priority: z.int().min(0).max(1_000),
      subject,
      ingress: z.array(ingressRule).max(MOST).nullish(),
      egress: z.array(egressRule).max(MOST).nullish(),
    }),
  })
  .transform(({ metadata, spec }, context): Policy => {
    if (metadata.namespace)
      context.addIssue({
        code: 'custom',
        path: ['metadata', 'namespace'],
        message: 'must be left out: a ClusterNetworkPolicy is in no namespace',
      });
    return {
      kind: 'ClusterNetworkPolicy',
      name: metadata.name,
      tier: spec.tier,
      priority: spec.priority,
      subject: spec.subject,
      isolates: [],
      egress: spec.egress ?? [],
      ingress: spec.ingress ?? [],
    };
  });

interface GivenRule {
  readonly name?: string | null | undefined;
  readonly action: PolicyRule['action'];
  readonly protocols?: readonly PortMatch[] | null | undefined;
}

/**
 * A rule with a peer that is not understood is not understood as a whole, and fails closed as the API wants it: Accept
 * admits nobody, Deny and Pass deny everybody whatever the port. A Pass that might not hold would let a later Accept in.
 */
function ruleOf({ name, action, protocols }: GivenRule, peers: readonly PolicyPeer[]): PolicyRule {
  const hasUnknownPeer = peers.some(({ kind }) => kind === 'unknown');
  const hasUnknownPort = protocols?.some(({ kind }) => kind === 'unknown') === true;
  const isClosed = action !== 'Accept' && hasUnknownPeer;
  return {
    ...(name && { name }),
    action: action === 'Pass' && (hasUnknownPeer || hasUnknownPort) ? 'Deny' : action,
    peers: hasUnknownPeer ? [UNKNOWN] : peers,
    ports: isClosed ? 'all' : (protocols ?? 'all'),
  };
}

function rangeOf(protocol: PortProtocol, ports: z.infer<typeof transport>): PortMatch {
  return ports === 'unknown' ? UNKNOWN : { kind: 'range', protocol, ...ports };
}

/** Two fields that are known are a mistake; none, or one more that is not known, is of a later version. */
function isUnknown(given: object, fields: ReadonlySet<string>, context: z.RefinementCtx): boolean {
  const present = Object.entries(given).flatMap(([name, value]) => (isSet(value) ? [name] : []));
  const known = present.filter(name => fields.has(name));
  if (known.length > 1) context.addIssue(`has ${known.join(' and ')}: write one of them`);
  return known.length !== 1 || present.length !== 1;
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

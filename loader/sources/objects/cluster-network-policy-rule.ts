// A rule of a ClusterNetworkPolicy: what of it is not understood fails closed, as the API wants it.
import * as z from 'zod';
import type {
  PolicyDirection,
  PolicyPeer,
  PolicyRule,
  PortMatch,
  PortProtocol,
} from '../../model/policies.ts';
import {
  everything,
  labelSelector,
  network,
  orUnreadable,
  portNumber,
  type Strictness,
} from './policy-fields.ts';

/** Most rules of a direction, peers of a rule, protocols of a rule, and networks of a peer. */
const MAX_ENTRIES = 25;
const UNKNOWN = { kind: 'unknown' } as const;
const PEER_FIELDS: ReadonlySet<string> = new Set(['namespaces', 'pods', 'nodes', 'networks', 'domainNames']);
const PROTOCOL_FIELDS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'destinationNamedPort']);
const PORT_FIELDS: ReadonlySet<string> = new Set(['number', 'range']);

interface ReadRule {
  readonly name?: string | null | undefined;
  /** One that cannot be read may mean Deny. */
  readonly action: PolicyRule['action'] | 'unreadable';
  readonly peers: readonly PolicyPeer[];
  readonly protocols?: readonly PortMatch[] | null | undefined;
  /** It has unknown fields, which may narrow it. */
  readonly hasMore: boolean;
}

/** Of a rule, or of a list of them, of which nothing can be read. */
const DENY_EVERYBODY: PolicyRule = { action: 'Deny', peers: [UNKNOWN], ports: 'all' };

const range = z.strictObject({ start: portNumber, end: portNumber }).transform(({ start, end }, context) => {
  if (end <= start)
    context.addIssue({ code: 'custom', path: ['end'], message: `must be above start, which is ${start}` });
  return { first: start, last: end };
});

const destinationPort = z
  .looseObject({ number: portNumber.nullish(), range: range.nullish() })
  .transform((raw, context) => {
    if (isUnknown(raw, PORT_FIELDS, context)) return 'unknown' as const;
    return raw.range ?? { first: raw.number ?? 0, last: raw.number ?? 0 };
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
  .transform((raw, context): PortMatch => {
    if (isUnknown(raw, PROTOCOL_FIELDS, context)) return UNKNOWN;
    const { tcp, udp, sctp, destinationNamedPort } = raw;
    if (tcp) return rangeOf('TCP', tcp);
    if (udp) return rangeOf('UDP', udp);
    if (sctp) return rangeOf('SCTP', sctp);
    return destinationNamedPort ? { kind: 'named', name: destinationNamedPort } : UNKNOWN;
  });

/** The rules of one direction. A list that cannot be read may hold a Deny. */
export function rulesOf(
  direction: PolicyDirection,
  strictness: Strictness,
): z.ZodType<readonly PolicyRule[] | null | undefined> {
  const rule = direction === 'ingress' ? ingressRuleOf(strictness) : egressRuleOf(strictness);
  const rules = z.array(orUnreadable(rule, DENY_EVERYBODY));
  return orUnreadable((strictness === 'written' ? rules.max(MAX_ENTRIES) : rules).nullish(), [
    DENY_EVERYBODY,
  ]);
}

function ingressRuleOf(strictness: Strictness): z.ZodType<PolicyRule> {
  const fields = { ...sharedFields(strictness), from: peersOf(strictness) };
  return (strictness === 'written' ? z.strictObject(fields) : z.looseObject(fields)).transform(
    ({ name, action, protocols, from, ...more }) =>
      ruleOf({ name, action, protocols, peers: from.flat(), hasMore: Object.values(more).some(isSet) }),
  );
}

function egressRuleOf(strictness: Strictness): z.ZodType<PolicyRule> {
  const fields = { ...sharedFields(strictness), to: peersOf(strictness) };
  return (strictness === 'written' ? z.strictObject(fields) : z.looseObject(fields)).transform(
    ({ name, action, protocols, to, ...more }, context) => {
      const named = protocols?.findIndex(({ kind }) => kind === 'named') ?? -1;
      if (named >= 0 && !to.flat().every(({ kind }) => kind === 'pods' || kind === 'unknown'))
        context.addIssue({
          code: 'custom',
          path: ['protocols', named, 'destinationNamedPort'],
          message: 'names no port of nodes or networks: write its number, or make two rules of it',
        });
      return ruleOf({ name, action, protocols, peers: to.flat(), hasMore: Object.values(more).some(isSet) });
    },
  );
}

function sharedFields(strictness: Strictness) {
  const protocols = z.array(orUnreadable<PortMatch>(protocol, UNKNOWN)).min(1);
  return {
    name: orUnreadable<string | null | undefined>(
      (strictness === 'written' ? z.string().max(100) : z.string()).nullish(),
      undefined,
    ),
    action: orUnreadable<ReadRule['action']>(z.enum(['Accept', 'Deny', 'Pass']), 'unreadable'),
    protocols: orUnreadable<readonly PortMatch[] | null | undefined>(
      (strictness === 'written' ? protocols.max(MAX_ENTRIES) : protocols).nullish(),
      [UNKNOWN],
    ),
  };
}

function peersOf(strictness: Strictness): z.ZodType<readonly (readonly PolicyPeer[])[]> {
  const atMost = <T extends z.ZodArray>(list: T): T =>
    strictness === 'written' ? list.max(MAX_ENTRIES) : list;
  const selector = labelSelector[strictness];
  const peer = z
    .looseObject({
      namespaces: selector.nullish(),
      pods: z.strictObject({ namespaceSelector: selector.nullish(), podSelector: selector }).nullish(),
      nodes: selector.nullish(),
      networks: atMost(z.array(network).min(1)).nullish(),
    })
    .transform((raw, context): readonly PolicyPeer[] => {
      if (isUnknown(raw, PEER_FIELDS, context)) return [UNKNOWN];
      const { namespaces, pods, nodes, networks } = raw;
      if (namespaces) return [{ kind: 'pods', namespaces, pods: everything }];
      if (pods)
        return [{ kind: 'pods', namespaces: pods.namespaceSelector ?? everything, pods: pods.podSelector }];
      if (nodes) return [{ kind: 'nodes', nodes }];
      return networks?.map(cidr => ({ kind: 'network', cidr, except: [] })) ?? [UNKNOWN]; // domainNames
    });
  return orUnreadable(atMost(z.array(orUnreadable<readonly PolicyPeer[]>(peer, [UNKNOWN])).min(1)), [
    [UNKNOWN],
  ]);
}

/**
 * A rule with a peer that is not understood is not understood as a whole, and fails closed as the API wants it: Accept
 * admits no peer, Deny and Pass deny every peer whatever the port. A Pass that might not hold would let a later Accept in.
 * A field that is not known narrows a rule: Accept admits no peer then, Deny and Pass deny what it says without that field.
 */
function ruleOf({ name, action, peers, protocols, hasMore }: ReadRule): PolicyRule {
  const hasUnknownPeer = peers.some(({ kind }) => kind === 'unknown');
  const hasUnknownPort = protocols?.some(({ kind }) => kind === 'unknown') === true;
  const isUncertain = hasUnknownPeer || hasUnknownPort || hasMore;
  const outcome = action === 'unreadable' || (action === 'Pass' && isUncertain) ? 'Deny' : action;
  const isUnknown = hasUnknownPeer || (hasMore && outcome === 'Accept');
  return {
    ...(name && { name }),
    action: outcome,
    peers: isUnknown ? [UNKNOWN] : peers,
    ports: outcome !== 'Accept' && hasUnknownPeer ? 'all' : (protocols ?? 'all'),
  };
}

/** For a policy whose subject or priority is unknown: only a Deny is safe. */
export function closedRule(rule: PolicyRule): PolicyRule {
  if (rule.action === 'Accept') return { ...rule, peers: [UNKNOWN] };
  return { ...rule, action: 'Deny' };
}

function rangeOf(protocol: PortProtocol, ports: z.infer<typeof transport>): PortMatch {
  return ports === 'unknown' ? UNKNOWN : { kind: 'range', protocol, ...ports };
}

/** Two fields that are known are a mistake; none, or one more that is not known, is of a later version. */
function isUnknown(raw: object, fields: ReadonlySet<string>, context: z.RefinementCtx): boolean {
  const present = Object.entries(raw).flatMap(([name, value]) => (isSet(value) ? [name] : []));
  const known = present.filter(name => fields.has(name));
  if (known.length > 1) context.addIssue(`has ${known.join(' and ')}: write one of them`);
  return known.length !== 1 || present.length !== 1;
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

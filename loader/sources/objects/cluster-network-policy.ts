// policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy. Fields of later versions, and unreadable ones, fail closed.
import * as z from 'zod';
import type { LabelSelector, Policy, PodSelector } from '../../model/policies.ts';
import { closedRule, rulesOf } from './cluster-network-policy-rule.ts';
import * as field from './kubernetes-fields.ts';
import { everything, labelSelector, orUnreadable, type Strictness } from './policy-fields.ts';

/** Of a policy whose place in its tier cannot be read: what it denies, no other may have accepted before. */
const BEFORE_ALL = -1;

/** Absent: it cannot be read, and means everything where a Deny must reach whom it may mean. */
type ReadSelector = LabelSelector | undefined;

interface ReadSubject extends PodSelector {
  /** The selectors say more than the object does. */
  readonly isWidened: boolean;
}

const EVERY_POD: ReadSubject = { namespaces: everything, pods: everything, isWidened: true };

export const clusterNetworkPolicy = { written: schemaOf('written'), stored: schemaOf('stored') } as const;

function schemaOf(strictness: Strictness): z.ZodType<Policy> {
  const isWritten = strictness === 'written';
  const priority = isWritten ? z.int().min(0).max(1_000) : z.number();
  const fields = {
    tier: orUnreadable<'Admin' | 'Baseline' | 'unreadable'>(z.enum(['Admin', 'Baseline']), 'unreadable'),
    priority: orUnreadable<number | 'unreadable'>(priority, 'unreadable'),
    subject: orUnreadable(subjectOf(strictness), EVERY_POD),
    ingress: rulesOf('ingress', strictness),
    egress: rulesOf('egress', strictness),
  };
  const written = z.object({ metadata: field.metadata, spec: z.strictObject(fields) });
  const stored = z.object({ metadata: field.policyMetadata, spec: z.object(fields) });
  return (isWritten ? written : stored).transform(({ metadata, spec }, context): Policy => {
    if (isWritten && metadata.namespace)
      context.addIssue({
        code: 'custom',
        path: ['metadata', 'namespace'],
        message: 'must be left out: a ClusterNetworkPolicy is in no namespace',
      });
    const { tier, priority, subject } = spec;
    const isOrdered = tier !== 'unreadable' && priority !== 'unreadable';
    const isClosed = !isOrdered || subject.isWidened;
    const [ingress, egress] = [spec.ingress ?? [], spec.egress ?? []];
    return {
      kind: 'ClusterNetworkPolicy',
      name: metadata.name,
      tier: tier === 'unreadable' ? 'Admin' : tier,
      priority: isOrdered ? priority : BEFORE_ALL,
      subject: { namespaces: subject.namespaces, pods: subject.pods },
      isolates: [],
      egress: isClosed ? egress.map(closedRule) : egress,
      ingress: isClosed ? ingress.map(closedRule) : ingress,
    };
  });
}

function subjectOf(strictness: Strictness): z.ZodType<ReadSubject> {
  const selector = orUnreadable<ReadSelector | null | 'unreadable'>(
    labelSelector[strictness].nullish(),
    'unreadable',
  );
  const podSelector = orUnreadable<LabelSelector | 'unreadable'>(labelSelector[strictness], 'unreadable');
  const pods = z.strictObject({ namespaceSelector: selector, podSelector });
  return z
    .strictObject({ namespaces: selector, pods: pods.nullish() })
    .transform(({ namespaces, pods }, context): ReadSubject => {
      if (!namespaces === !pods) context.addIssue('must have one of namespaces and pods');
      const [within, of] = pods ? [pods.namespaceSelector, pods.podSelector] : [namespaces, everything];
      return {
        namespaces: readable(within),
        pods: readable(of),
        isWidened: within === 'unreadable' || of === 'unreadable',
      };
    });
}

function readable(selector: ReadSelector | null | 'unreadable'): LabelSelector {
  return selector === 'unreadable' ? everything : (selector ?? everything);
}

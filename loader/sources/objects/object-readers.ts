// How each kind is read: its schemas, what of a broken object can be done without, and what it comes to then.
import type * as z from 'zod';
import type { ObjectKind } from '../../model/kinds.ts';
import type { ObjectOf } from '../../model/objects.ts';
import { clusterNetworkPolicy } from './cluster-network-policy.ts';
import { dotted, type FieldProblem } from './field-problem.ts';
import { namespace, node, pod, podAddresses } from './kubernetes-objects.ts';
import { endpointSlice } from './endpoint-slice.ts';
import { mendAddressed, mendScalar } from './mend-value.ts';
import { networkPolicy } from './network-policy.ts';
import { UNREADABLE, type FieldPath, type PartialRules } from './partial-read.ts';
import type { Strictness } from './policy-fields.ts';
import { service } from './service.ts';
import { clusterPolicyOutcome, networkPolicyOutcome } from './policy-outcome.ts';
import { unsupportedFields } from './unsupported-fields.ts';

interface ObjectReader<T> {
  /** New policies are read more strictly than those that a server has stored. */
  readonly schema: Readonly<Record<Strictness, z.ZodType<T>>>;
  readonly partial: PartialRules;
  /** What it comes to without the part of it that was at `cut`, as a clause. */
  outcome(cut: FieldPath): string;
  /** What a whole object asks for that this version does not do. */
  unsupported?(object: T, raw: object): readonly FieldProblem[];
}

const policyRules: PartialRules = {
  hole: UNREADABLE,
  isInseparable: ([head]) => head === 'metadata',
  mend: mendScalar,
};

/** A pod without some of its labels would escape policies: it is known with all of them, or not. */
const podRules: PartialRules = {
  hole: undefined,
  isInseparable: path => isIdentity(path) || isOf(path, 'metadata', 'labels') || path.at(-1) === 'protocol',
  mend: mendAddressed,
};

/** An endpoint without its conditions would be taken for a ready one: it is left out, if they cannot be read. */
const serviceRules: PartialRules = {
  ...podRules,
  isInseparable: path => podRules.isInseparable(path) || path.includes('conditions'),
};

const plainRules: PartialRules = { hole: undefined, isInseparable: isIdentity, mend: mendAddressed };
const outcome = (cut: FieldPath): string => `${dotted(cut)} is ignored`;

const READERS = {
  Node: { schema: always(node), partial: plainRules, outcome },
  Namespace: { schema: always(namespace), partial: plainRules, outcome },
  Pod: { schema: always(pod), partial: podRules, outcome },
  PodAddresses: { schema: always(podAddresses), partial: plainRules, outcome },
  NetworkPolicy: { schema: networkPolicy, partial: policyRules, outcome: networkPolicyOutcome },
  ClusterNetworkPolicy: {
    schema: clusterNetworkPolicy,
    partial: policyRules,
    outcome: clusterPolicyOutcome,
    unsupported: unsupportedFields,
  },
  Service: { schema: always(service), partial: serviceRules, outcome },
  EndpointSlice: { schema: always(endpointSlice), partial: serviceRules, outcome },
} satisfies { readonly [K in ObjectKind]: ObjectReader<ObjectOf<K>> };

export function readerOf(kind: ObjectKind): ObjectReader<ObjectOf<ObjectKind>> {
  return READERS[kind];
}

function always<T>(schema: z.ZodType<T>): ObjectReader<T>['schema'] {
  return { written: schema, stored: schema };
}

function isIdentity(path: FieldPath): boolean {
  return (
    isOf(path, 'metadata', 'name') || isOf(path, 'metadata', 'namespace') || path.join('.') === 'nodeName'
  );
}

function isOf(path: FieldPath, head: string, field: string): boolean {
  return path[0] === head && path[1] === field;
}

// Tells what kind of object a value is, and checks it: an object, nothing, or what is wrong with which field.
import { z } from 'zod';
import { problemOf, type FieldProblem } from './field-problem.ts';
import {
  objectSchemas,
  POD_ADDRESSES_VERSION,
  type ClusterObject,
  type ObjectKind,
} from './kubernetes-objects.ts';
import { unhonouredFields } from './unhonoured-fields.ts';

export interface ReadObjects {
  readonly objects: readonly ClusterObject[];
  /** What of the objects is not honoured; they are in force all the same. */
  readonly problems: readonly FieldProblem[];
}

export type ReadObject = ReadObjects | { readonly problem: FieldProblem };

const API_VERSION: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Node: 'v1',
    Namespace: 'v1',
    Pod: 'v1',
    PodAddresses: POD_ADDRESSES_VERSION,
    NetworkPolicy: 'networking.k8s.io/v1',
    ClusterNetworkPolicy: 'policy.networking.k8s.io/v1alpha2',
  } satisfies Record<ObjectKind, string>),
);
const CLUSTER_WIDE = new Set(['Node', 'Namespace', 'ClusterNetworkPolicy']);

const head = z.object({ kind: z.string().min(1), apiVersion: z.string().min(1) });
const list = z.object({ items: z.array(z.unknown()).nullish() });

/** Answers several objects for a List. */
export function readObject(value: unknown): ReadObject {
  const top = head.safeParse(value);
  if (!top.success) return { problem: problemOf('the document', top.error, value) };
  const { kind, apiVersion } = top.data;
  if (kind.endsWith('List')) return readList(kind, value);
  if (API_VERSION.get(kind) !== apiVersion) return { problem: unknownKind(kind, apiVersion) };
  const result = objectSchemas[kind as ObjectKind].safeParse(value);
  if (!result.success) return { problem: problemOf(titleOf(kind, value), result.error, value) };
  const object = { kind, object: result.data, given: value } as ClusterObject;
  if (object.kind === 'NetworkPolicy' || object.kind === 'ClusterNetworkPolicy')
    return { objects: [object], problems: unhonouredFields(object.object, object.given) };
  return { objects: [{ kind, object: result.data } as ClusterObject], problems: [] };
}

function readList(kind: string, value: unknown): ReadObject {
  const result = list.safeParse(value);
  if (!result.success) return { problem: problemOf(kind, result.error, value) };
  const objects: ClusterObject[] = [];
  const problems: FieldProblem[] = [];
  for (const [i, item] of (result.data.items ?? []).entries()) {
    const itemKind = kind.slice(0, -'List'.length); // items of a PodList need not say that they are Pods
    const implied = itemKind === '' ? {} : { kind: itemKind, apiVersion: API_VERSION.get(itemKind) };
    const read = readObject(typeof item === 'object' && item !== null ? { ...implied, ...item } : item);
    const within = (problem: FieldProblem) => ({ ...problem, path: ['items', i, ...problem.path] });
    if ('problem' in read && read.problem.isHarmless !== true) return { problem: within(read.problem) };
    if (!('objects' in read)) continue;
    objects.push(...read.objects);
    problems.push(...read.problems.map(within));
  }
  return { objects, problems };
}

function unknownKind(kind: string, apiVersion: string): FieldProblem {
  const known = API_VERSION.get(kind);
  const sentence =
    known === undefined
      ? `kind ${kind} is none that Heddle reads`
      : `${kind} has apiVersion '${apiVersion}': write ${known}`;
  return { path: [known === undefined ? 'kind' : 'apiVersion'], sentence, isHarmless: known === undefined };
}

function titleOf(kind: string, value: unknown): string {
  const named = z.object({ metadata: z.object({ name: z.string(), namespace: z.string().nullish() }) });
  const result = named.safeParse(value);
  if (!result.success) return `a ${kind}`;
  const { namespace, name } = result.data.metadata;
  return CLUSTER_WIDE.has(kind) ? `${kind} ${name}` : `${kind} ${namespace ?? 'default'}/${name}`;
}

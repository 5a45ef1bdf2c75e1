// Tells what kind of object a value is, and checks it: an object, nothing, or what is wrong with which field.
import { z } from 'zod';
import { objectSchemas, POD_ADDRESSES_VERSION, type ClusterObject } from './kubernetes-objects.ts';

export interface FieldProblem {
  /** Of the field in the object. */
  readonly path: readonly (string | number)[];
  /** "Pod default/a: status.podIPs[0].ip '10.1' is no IP address". */
  readonly sentence: string;
  /** Nothing is wrong with the object; it is only of no use to Heddle. */
  readonly isHarmless?: boolean;
}

export type ReadObject = { readonly objects: readonly ClusterObject[] } | { readonly problem: FieldProblem };

const API_VERSION = new Map<string, string>([
  ['Node', 'v1'],
  ['Namespace', 'v1'],
  ['Pod', 'v1'],
  ['PodAddresses', POD_ADDRESSES_VERSION],
]);
/** Read by the policy compiler, not by the dataplane's tables. */
const POLICY_KINDS = new Set(['NetworkPolicy', 'ClusterNetworkPolicy']);

const head = z.object({ kind: z.string().min(1), apiVersion: z.string().min(1) });
const list = z.object({ items: z.array(z.unknown()).nullish() });

/** Answers several objects for a List. */
export function readObject(value: unknown): ReadObject {
  const top = head.safeParse(value);
  if (!top.success) return { problem: problemOf('the document', top.error, value) };
  const { kind, apiVersion } = top.data;
  if (kind.endsWith('List')) return readList(kind, value);
  if (POLICY_KINDS.has(kind)) return { objects: [] };
  if (API_VERSION.get(kind) !== apiVersion) return { problem: unknownKind(kind, apiVersion) };
  const result = objectSchemas[kind as ClusterObject['kind']].safeParse(value);
  if (!result.success) return { problem: problemOf(titleOf(kind, value), result.error, value) };
  return { objects: [{ kind, object: result.data } as ClusterObject] };
}

function readList(kind: string, value: unknown): ReadObject {
  const result = list.safeParse(value);
  if (!result.success) return { problem: problemOf(kind, result.error, value) };
  const objects: ClusterObject[] = [];
  for (const [i, item] of (result.data.items ?? []).entries()) {
    const itemKind = kind.slice(0, -'List'.length); // items of a PodList need not say that they are Pods
    const implied = itemKind === '' ? {} : { kind: itemKind, apiVersion: API_VERSION.get(itemKind) };
    const read = readObject(typeof item === 'object' && item !== null ? { ...implied, ...item } : item);
    if ('problem' in read && read.problem.isHarmless !== true)
      return { problem: { ...read.problem, path: ['items', i, ...read.problem.path] } };
    if ('objects' in read) objects.push(...read.objects);
  }
  return { objects };
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
  return kind.startsWith('Pod') ? `${kind} ${namespace ?? 'default'}/${name}` : `${kind} ${name}`;
}

function problemOf(title: string, error: z.ZodError, value: unknown): FieldProblem {
  const issue = error.issues[0];
  const path = (issue?.path ?? []).filter(step => typeof step !== 'symbol');
  if (path.length === 0)
    return { path, sentence: `${title} is no Kubernetes object: it must have apiVersion and kind` };
  const found = path.reduce<unknown>((part, step) => (part as Record<string, unknown> | null)?.[step], value);
  const shown = found === undefined ? 'is missing' : `${quote(found)} ${reasonOf(issue)}`;
  return { path, sentence: `${title}: ${dotted(path)} ${shown}` };
}

/** zod's own words are about types of JavaScript; ours continue "'x' …". */
function reasonOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'is invalid';
  if (issue.code === 'invalid_type') return `must be ${article(issue.expected)}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  return issue.code === 'invalid_union' ? 'is no IP address' : issue.message;
}

function article(type: string): string {
  const words: Readonly<Record<string, string>> = {
    array: 'a list',
    object: 'a map',
    record: 'a map',
    int: 'a whole number',
    string: 'text: put it in quotes',
    boolean: 'true or false',
  };
  return words[type] ?? `a ${type}`;
}

function quote(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function dotted(path: readonly (string | number)[]): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}

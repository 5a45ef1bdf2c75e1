// Finds the kind of an object, and checks it: an object, nothing, or what is wrong with which field.
import * as z from 'zod';
import { didYouMean } from '../../config/nearest.ts';
import { messageOf } from '../../errors.ts';
import { foreignKindText } from '../../model/foreign-kinds.ts';
import {
  apiVersionOf,
  kindNamed,
  objectKinds,
  qualifiedName,
  typeMeta,
  type ObjectKind,
} from '../../model/kinds.ts';
import { problemOf, problemsOf, type FieldProblem } from './field-problem.ts';
import { isPolicyRead, type ClusterObject } from './cluster-object.ts';
import { readerOf } from './object-readers.ts';
import type { Strictness } from './policy-fields.ts';
import { readStored, unsupportedProblems, type StoredObject } from './read-stored.ts';

export interface ReadObjects {
  readonly objects: readonly ClusterObject[];
  /** Fields that are not supported; the objects are active all the same. */
  readonly problems: readonly FieldProblem[];
  /** Some items of a list mean nothing, which is among the problems. */
  readonly isBroken?: true;
}

/** Nothing of it counts. */
export interface RefusedObject {
  readonly problem: FieldProblem;
  /** What else is wrong with it; told to a person who has written it. */
  readonly more?: readonly FieldProblem[];
}

export type ReadObject = ReadObjects | RefusedObject;

export function mistakesOf({ problem, more = [] }: RefusedObject): readonly FieldProblem[] {
  return [problem, ...more];
}

const head = z.object({ kind: z.string().min(1), apiVersion: z.string().min(1) });
const list = z.object({ items: z.array(z.unknown()).nullish() });
const named = z.object({ metadata: z.object({ name: z.string(), namespace: z.string().nullish() }) });

/**
 * Answers several objects for a List. `written`: what is odd is refused, as the API server refuses it from people;
 * `stored`: as much as can be read counts.
 */
export function readObject(value: unknown, strictness: Strictness = 'stored'): ReadObject {
  try {
    return read(value, strictness);
  } catch (error) {
    // lists and maps in each other, thousands deep: one such object is no obstacle to the others
    const kind = kindNamed(head.safeParse(value).data?.kind ?? '');
    const title = kind === undefined ? 'an object' : titleOf(kind, value);
    return { problem: { path: [], sentence: `${title} cannot be read: ${messageOf(error)}` } };
  }
}

function read(value: unknown, strictness: Strictness): ReadObject {
  const top = head.safeParse(value);
  if (!top.success) return { problem: problemOf('the document', top.error, value) };
  const { kind, apiVersion } = top.data;
  if (kind.endsWith('List')) return readList(kind, value, strictness);
  const known = kindNamed(kind);
  if (known === undefined || apiVersionOf(known) !== apiVersion)
    return { problem: unknownKind(kind, apiVersion) };
  const reading = readKind(known, value as object, strictness);
  if ('problem' in reading) return reading;
  const object = { kind, object: reading.object } as ClusterObject;
  const problems = [...reading.problems, ...unsupportedProblems(object, value as object, reading.problems)];
  return { objects: [isPolicyRead(object) ? { ...object, raw: value as object } : object], problems };
}

function readKind(kind: ObjectKind, value: object, strictness: Strictness): StoredObject | RefusedObject {
  const title = titleOf(kind, value);
  const stored = strictness === 'stored' ? readStored(kind, value, title) : undefined;
  if (stored !== undefined) return stored;
  const result = readerOf(kind).schema.written.safeParse(value);
  if (result.success) return { object: result.data, problems: [] };
  const [problem = problemOf(title, result.error, value), ...more] = problemsOf(title, result.error, value);
  return { problem, ...(strictness === 'written' && more.length > 0 && { more }) };
}

function readList(kind: string, value: unknown, strictness: Strictness): ReadObject {
  const result = list.safeParse(value);
  if (!result.success) return { problem: problemOf(kind, result.error, value) };
  const objects: ClusterObject[] = [];
  const problems: FieldProblem[] = [];
  const refused: FieldProblem[] = [];
  let isBroken = false;
  for (const [i, item] of (result.data.items ?? []).entries()) {
    const itemKind = kind.slice(0, -'List'.length); // items of a PodList need not say that they are Pods
    const known = kindNamed(itemKind);
    const implied = itemKind === '' ? {} : { kind: itemKind, ...(known && typeMeta(known)) };
    const read = readObject(
      typeof item === 'object' && item !== null ? { ...implied, ...item } : item,
      strictness,
    );
    const within = (problem: FieldProblem) => ({ ...problem, path: ['items', i, ...problem.path] });
    if ('objects' in read) {
      objects.push(...read.objects);
      problems.push(...read.problems.map(within));
      isBroken ||= read.isBroken === true;
    } else if (strictness === 'written') refused.push(...mistakesOf(read).map(within));
    else if (read.problem.isHarmless !== true) {
      problems.push(within(read.problem));
      isBroken = true;
    }
  }
  const [problem, ...more] = refused;
  if (problem !== undefined) return { problem, more };
  return { objects, problems, ...(isBroken && { isBroken: true }) };
}

function unknownKind(kind: string, apiVersion: string): FieldProblem {
  const known = kindNamed(kind);
  const isHarmless = known === undefined;
  const foreign = foreignKindText(kind, apiVersion);
  if (foreign !== undefined)
    return { path: ['apiVersion'], sentence: `${kind} of ${apiVersion} ${foreign}`, isHarmless };
  if (known !== undefined) {
    const sentence = `${kind} has apiVersion '${apiVersion}': write ${apiVersionOf(known)}`;
    return { path: ['apiVersion'], sentence, isHarmless };
  }
  const hint = didYouMean(kind, objectKinds);
  return { path: ['kind'], sentence: `kind ${kind} is none that Heddle reads${hint}`, isHarmless };
}

function titleOf(kind: ObjectKind, value: unknown): string {
  const result = named.safeParse(value);
  if (!result.success) return `a ${kind}`;
  const { namespace, name } = result.data.metadata;
  return `${kind} ${qualifiedName(kind, { namespace: namespace ?? undefined, name })}`;
}

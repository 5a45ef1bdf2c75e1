// An object that a server or a file holds: read as far as it can be, and what that comes to, in sentences.
import type * as z from 'zod';
import type { ObjectKind } from '../../model/kinds.ts';
import { NAMESPACE_NAME_LABEL } from '../../model/labels.ts';
import { issueProblem, MAX_PROBLEMS, UNKNOWN_FIELD, type FieldProblem } from './field-problem.ts';
import type { ClusterObject } from './cluster-object.ts';
import { readerOf } from './object-readers.ts';
import { readPartly, startsWith, valueAt, type PartialReading } from './partial-read.ts';

export interface StoredObject {
  readonly object: ClusterObject['object'];
  /** What of it is odd, and what becomes of that. */
  readonly problems: readonly FieldProblem[];
}

/** `title` names the object. Absent: there is nothing in it that means anything. */
export function readStored(kind: ObjectKind, value: object, title: string): StoredObject | undefined {
  const { schema, partial } = readerOf(kind);
  const whole = schema.written.safeParse(value);
  if (whole.success) return { object: whole.data, problems: [...correctedName(kind, value, title)] };
  const reading = readPartly(schema.stored, value, partial);
  if (reading === undefined) return undefined;
  const issues = distinct([...whole.error.issues, ...reading.issues]);
  const problems = issues.slice(0, MAX_PROBLEMS).map(issue => {
    const problem = issueProblem(title, issue, value);
    return { ...problem, sentence: `${problem.sentence}: ${outcomeOf(kind, issue, { problem, reading })}` };
  });
  return { object: reading.object, problems };
}

/** Also of an object that is read whole: what it asks for that this version does not do. */
export function unsupportedProblems(
  { kind, object }: ClusterObject,
  raw: object,
  known: readonly FieldProblem[],
): readonly FieldProblem[] {
  const isNew = ({ path }: FieldProblem): boolean =>
    !known.some(problem => startsWith(problem.path, path.slice(0, RULE_DEPTH)));
  return readerOf(kind).unsupported?.(object, raw).filter(isNew) ?? [];
}

/** spec, direction, index. */
const RULE_DEPTH = 3;

function outcomeOf(
  kind: ObjectKind,
  issue: z.core.$ZodIssue,
  { problem: { path }, reading }: { problem: FieldProblem; reading: PartialReading<unknown> },
): string {
  const [cut] = reading.cuts.filter(each => startsWith(path, each)).sort((a, b) => a.length - b.length);
  if (cut !== undefined) return readerOf(kind).outcome(cut);
  const mend = reading.mends.find(each => each.path.length === path.length && startsWith(path, each.path));
  if (mend !== undefined) return `it is read as ${quoted(mend.value)}`;
  const isUnknownField = issue.code === 'unrecognized_keys' || issue.message === UNKNOWN_FIELD;
  if (!isUnknownField) return 'it is read as it stands';
  return path.length > RULE_DEPTH ? 'the rule fails closed' : 'it is ignored';
}

function* correctedName(kind: ObjectKind, value: object, title: string): Generator<FieldProblem> {
  const path = ['metadata', 'labels', NAMESPACE_NAME_LABEL];
  const said = kind === 'Namespace' ? valueAt(value, path) : undefined;
  const name = valueAt(value, ['metadata', 'name']);
  if (said !== undefined && said !== name)
    yield {
      path,
      sentence: `${title}: ${path.join('.')} ${quoted(said)} is not its name: it is read as ${quoted(name)}`,
    };
}

/** Both readings say the same of the same place. */
function distinct(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  const seen = new Map(issues.toReversed().map(issue => [JSON.stringify(issue.path.map(String)), issue]));
  return [...seen.values()].toReversed();
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

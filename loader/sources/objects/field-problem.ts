// What is wrong with an object, in one sentence that names object, field, value and what to do.
import * as z from 'zod';

export interface FieldProblem {
  /** Of the field in the object. */
  readonly path: readonly (string | number)[];
  /** "Pod default/a: status.podIPs[0].ip '10.1' is no IP address". */
  readonly sentence: string;
  /** Nothing is wrong with the object; it is only of no use to Heddle. */
  readonly isHarmless?: boolean;
}

/** What is wrong with a field of that name. */
export const UNKNOWN_FIELD = 'is a field that is not known there: remove it';

/** `title` names the object; `value` is what zod was given. */
export function problemOf(title: string, error: z.ZodError, value: unknown): FieldProblem {
  return issueProblem(title, error.issues[0], value);
}

/** A broken object may be wrong everywhere: so many sentences say enough of it. */
export const MAX_PROBLEMS = 20;

/** One a field; what is wrong with a part of a field is not told again of the whole. */
export function problemsOf(title: string, error: z.ZodError, value: unknown): FieldProblem[] {
  const problems = error.issues.map(issue => issueProblem(title, issue, value));
  return problems
    .filter(
      (one, at) => !problems.some((other, i) => explains(other, one) && (i < at || isDeeper(other, one))),
    )
    .slice(0, MAX_PROBLEMS);
}

/** The field of `one` is that of `other`, or has it in it. */
function explains(other: FieldProblem, one: FieldProblem): boolean {
  return other !== one && one.path.every((step, i) => other.path[i] === step);
}

function isDeeper(other: FieldProblem, one: FieldProblem): boolean {
  return other.path.length > one.path.length;
}

export function issueProblem(
  title: string,
  issue: z.core.$ZodIssue | undefined,
  value: unknown,
): FieldProblem {
  const path = [...(issue?.path ?? []), ...unknownField(issue)].filter(step => typeof step !== 'symbol');
  if (path.length === 0)
    return { path, sentence: `${title} is no Kubernetes object: it must have apiVersion and kind` };
  const found = path.reduce<unknown>((part, step) => (part as Record<string, unknown> | null)?.[step], value);
  const shown = found === undefined ? 'is missing' : `${quote(found)} ${reasonOf(issue)}`;
  return { path, sentence: `${title}: ${dotted(path)} ${shown}` };
}

function unknownField(issue: z.core.$ZodIssue | undefined): readonly string[] {
  return issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
}

/** zod's own words are about types of JavaScript; ours continue "'x' …". */
function reasonOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'is invalid';
  if (issue.code === 'invalid_type') return `must be ${article(issue.expected)}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small') return `must ${amount(issue.origin, 'least', issue.minimum)}`;
  if (issue.code === 'too_big') return `must ${amount(issue.origin, 'most', issue.maximum)}`;
  if (issue.code === 'unrecognized_keys') return UNKNOWN_FIELD;
  return issue.code === 'invalid_union' ? 'is no IP address' : issue.message;
}

function amount(origin: string, bound: 'least' | 'most', limit: number | bigint): string {
  if (origin === 'array') return `have at ${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return origin === 'string' ? `have at ${bound} ${limit} characters` : `be at ${bound} ${limit}`;
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

/** 'spec.ingress[0].from'. */
export function dotted(path: readonly (string | number)[]): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('');
}

// Reads as much of an object as can be read: what is wrong is mended or cut out, as little as the rest can do without.
import type * as z from 'zod';

export type FieldPath = readonly (string | number)[];

/** Stands where a policy's part was cut out: an absent part means everything there, and this means nothing is known. */
export const UNREADABLE = Symbol('unreadable');

export interface PartialRules {
  /** What is left where something was cut out. */
  readonly hole: typeof UNREADABLE | undefined;
  /** A field without which what it stands in means something else: both are cut out. */
  readonly isInseparable: (path: FieldPath) => boolean;
  /** Another value that means the same beyond doubt; absent: there is none. `root` is the whole object. */
  readonly mend: (value: unknown, issue: z.core.$ZodIssue, at: { path: FieldPath; root: unknown }) => unknown;
}

export interface PartialReading<T> {
  readonly object: T;
  readonly issues: readonly z.core.$ZodIssue[];
  /** Paths of what was cut out. */
  readonly cuts: readonly FieldPath[];
  readonly mends: readonly Mend[];
}

export interface Mend {
  readonly path: FieldPath;
  /** What it is read as. */
  readonly value: unknown;
}

/** Each round climbs one level at most, and objects are not as deep. */
const MAX_ROUNDS = 32;

/** Absent: nothing is left once what is wrong is cut out. `value` stays as it is. */
export function readPartly<T>(
  schema: z.ZodType<T>,
  value: unknown,
  rules: PartialRules,
): PartialReading<T> | undefined {
  const draft = new Draft(structuredClone(value), rules);
  const issues: z.core.$ZodIssue[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const result = schema.safeParse(draft.root);
    if (result.success) return { object: result.data, issues, cuts: draft.cuts, mends: draft.mends };
    for (const issue of result.error.issues) {
      const path = pathOf(issue);
      // what stands around a hole complains of the hole: nothing new
      if (!draft.cuts.some(cut => startsWith(cut, path))) issues.push(issue);
      if (!draft.mend(path, issue)) return undefined;
    }
  }
  return undefined;
}

export function pathOf(issue: z.core.$ZodIssue): FieldPath {
  return issue.path.filter(step => typeof step !== 'symbol');
}

export function startsWith(path: FieldPath, start: FieldPath): boolean {
  return start.every((step, i) => path[i] === step);
}

export function valueAt(root: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>(
    (part, step) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, step)
        ? (part as Record<string | number, unknown>)[step]
        : undefined,
    root,
  );
}

class Draft {
  readonly root: unknown;
  readonly cuts: FieldPath[] = [];
  readonly mends: Mend[] = [];
  readonly #rules: PartialRules;
  readonly #mended = new Set<string>();

  constructor(root: unknown, rules: PartialRules) {
    this.root = root;
    this.#rules = rules;
  }

  /** False: there is nothing left to cut. */
  mend(path: FieldPath, issue: z.core.$ZodIssue): boolean {
    const value = valueAt(this.root, path);
    const key = JSON.stringify(path);
    if (value !== undefined && value !== this.#rules.hole && !this.#mended.has(key)) {
      this.#mended.add(key);
      const mended = this.#rules.mend(value, issue, { path, root: this.root });
      if (mended !== undefined && this.#set(path, mended)) {
        this.mends.push({ path, value: mended });
        return true;
      }
    }
    return this.#cut(path);
  }

  #cut(path: FieldPath): boolean {
    for (let at = path; at.length > 0; at = at.slice(0, -1)) {
      if (this.#rules.isInseparable(at) || this.#isCut(at)) continue;
      if (!this.#set(at, this.#rules.hole)) continue;
      this.cuts.push(at);
      return true;
    }
    return false;
  }

  #isCut(path: FieldPath): boolean {
    return this.cuts.some(cut => cut.length === path.length && startsWith(cut, path));
  }

  #set(path: FieldPath, value: unknown): boolean {
    const parent = valueAt(this.root, path.slice(0, -1));
    const name = path.at(-1);
    if (typeof parent !== 'object' || parent === null || name === undefined) return false;
    // a plain assignment would call the setter of a key that is called __proto__
    Object.defineProperty(parent, name, { value, writable: true, enumerable: true, configurable: true });
    return true;
  }
}

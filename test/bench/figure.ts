// What is measured: each figure is a module of figures/, and answers with one or more results.

export interface BenchContext {
  /** Few rounds, little time: to see that it works. */
  readonly isQuick: boolean;
  /** Called with a description of each step as it begins. */
  readonly progress: (text: string) => void;
  /** Interrupts: what was set up is then taken down again. */
  readonly signal: AbortSignal;
}

/** What it should come to; missing it is shown, and fails nothing. */
export type Aim = { readonly atLeast: number } | { readonly atMost: number };

export interface Pair {
  readonly ours: number;
  readonly peer: number;
  readonly ratio: number;
}

/** Measured side by side, in turn; all three numbers are medians. */
export interface PairedResult extends Pair {
  readonly name: string;
  readonly unit: string;
  readonly runs: readonly Pair[];
  /** Of the ratio. */
  readonly aim?: Aim;
  /** What the two are. */
  readonly note: string;
}

export interface PlainResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly runs: readonly number[];
  readonly aim?: Aim;
  readonly note: string;
}

export type Result = PairedResult | PlainResult;

export interface Figure {
  /** Results are named after it. */
  readonly name: string;
  /** Those that have other names: by them it can be asked for as well. */
  readonly results?: readonly string[];
  /** In an empty network namespace of its own. */
  readonly isAlone: boolean;
  /** Throws when it cannot be measured: the whole run has failed then. */
  readonly measure: (context: BenchContext) => Promise<readonly Result[]>;
}

export function isPaired(result: Result): result is PairedResult {
  return 'ratio' in result;
}

/** The number that the aim is about. */
export function aimedAt(result: Result): number {
  return isPaired(result) ? result.ratio : result.value;
}

export function isReached(result: Result): boolean {
  const { aim } = result;
  if (aim === undefined) return true;
  return 'atLeast' in aim ? aimedAt(result) >= aim.atLeast : aimedAt(result) <= aim.atMost;
}

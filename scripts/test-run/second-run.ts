// Files that failed, once more and one at a time: what then passes is unsteady, which is told, and no failure (REPEAT_FAILED=n).
import type { ComparedOutcome } from './known-failures.ts';

export interface SecondRun {
  /** The better one of each file's outcomes. */
  readonly outcomes: readonly ComparedOutcome[];
  /** Lines for people: what failed at first, and did not when it was alone. */
  readonly unsteady: readonly string[];
}

const MAX_REPEATED = 10;

/** How many files at most may run once more: REPEAT_FAILED in the environment; none without. Throws a RangeError. */
export function repeatedFiles(environment: NodeJS.ProcessEnv): number {
  const text = environment['REPEAT_FAILED'] ?? '';
  const files = text === '' ? 0 : Number(text);
  if (Number.isInteger(files) && files >= 0 && files <= MAX_REPEATED) return files;
  throw new RangeError(`REPEAT_FAILED cannot be '${text}': use a number of files, 0 to ${MAX_REPEATED}`);
}

/** Nothing runs again if more than `limit` files failed: that is no accident. */
export async function runFailedAgain(
  outcomes: readonly ComparedOutcome[],
  limit: number,
  run: (file: string) => Promise<ComparedOutcome>,
): Promise<SecondRun> {
  const failed = outcomes.filter(({ failures }) => failures.length > 0);
  if (failed.length > limit) return { outcomes, unsteady: [] };
  const better = new Map<string, ComparedOutcome>();
  const unsteady: string[] = [];
  for (const { file, failures } of failed) {
    const again = await run(file);
    if (again.failures.length > 0) continue;
    better.set(file, again);
    unsteady.push(...failures.map(({ title }) => `${file}: ${title}`));
  }
  return { outcomes: outcomes.map(outcome => better.get(outcome.file) ?? outcome), unsteady };
}

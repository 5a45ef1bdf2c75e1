// What is done in the guest's lab, one step after the other.
import { spawnSync } from 'node:child_process';

/** Answers with a sentence for each failure. */
export type Step = readonly [title: string, run: () => Promise<string[]>];

/** Where steps leave what is to be undone when the last one is through; of tap's `t`, what they use. */
export interface Scope {
  teardown(clean: () => void | Promise<void>): void;
}

/** The guest's kernel has none of that name: the step is skipped. */
export class MissingModule extends Error {
  readonly module: string;

  constructor(module: string) {
    super(`there is no module ${module}`);
    this.module = module;
  }
}

/** Loads them; throws a `MissingModule`. */
export function needModules(names: readonly string[]): void {
  for (const name of names)
    if (spawnSync('modprobe', ['--quiet', name]).status !== 0) throw new MissingModule(name);
}

// What is done in the guest's lab, one step after the other.

/** Answers with a sentence for each failure. */
export type Step = readonly [title: string, run: () => Promise<string[]>];

/** Where steps leave what is to be undone when the last one is through; of tap's `t`, what they use. */
export interface Scope {
  teardown(clean: () => void | Promise<void>): void;
}

// Names of hooks and verdicts, as in pins and in output.
import { Hook, Verdict } from './abi.gen.ts';

/** `pod_tx`: also the program's name, its object's and its pin's. */
export type HookName = Lowercase<keyof typeof Hook>;
export type VerdictName = keyof typeof Verdict;

/** In the order of their numbers. */
export const HOOK_NAMES = Object.keys(Hook).map(name => name.toLowerCase()) as readonly HookName[];
export const VERDICT_NAMES = Object.keys(Verdict) as readonly VerdictName[];

export function isHookName(text: string): text is HookName {
  return (HOOK_NAMES as readonly string[]).includes(text);
}

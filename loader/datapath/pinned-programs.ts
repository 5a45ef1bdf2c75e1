// Programs as they are pinned: readable without the daemon.
import type { HookName } from '../abi/hook-name.ts';

export interface PinnedProgram {
  readonly hook: HookName;
  readonly id: number;
  /** Hash of the instructions, 16 hex digits, as bpftool prints it. */
  readonly tag: string;
  /** Instructions that the verifier walked at load. */
  readonly verifiedInstructions: number;
  readonly mapIds: readonly number[];
}

// Reads pinned programs; works without the daemon.
import { Program } from 'libbpf-ts';
import type { HookName } from '../abi/hook-name.ts';
import { errorCode, orFail } from './failure.ts';
import { pinnedHooks, programPin } from './pin.ts';

export interface PinnedProgram {
  readonly hook: HookName;
  readonly id: number;
  /** Hash of the instructions, 16 hex digits, as bpftool prints it. */
  readonly tag: string;
  /** Instructions that the verifier processed at load. */
  readonly verifiedInstructions: number;
  readonly mapIds: readonly number[];
  /** Counted only while sysctl kernel.bpf_stats_enabled is on. */
  readonly runCount: bigint;
  /** Nanoseconds, counted like `runCount`. */
  readonly runTimeNs: bigint;
}

export function listPinnedPrograms(pinRoot: string): PinnedProgram[] {
  return pinnedHooks(pinRoot).flatMap(hook => {
    using program = openPinnedProgram(pinRoot, hook);
    return program === undefined ? [] : [describeProgram(hook, program)];
  });
}

export function describeProgram(hook: HookName, program: Program): PinnedProgram {
  const { id, tag, verifiedInstructions, mapIds, runCount, runTimeNs } = program.info();
  return { hook, id, tag, verifiedInstructions, mapIds, runCount, runTimeNs };
}

/** The caller owns it; undefined if the hook has no pinned program. */
export function openPinnedProgram(pinRoot: string, hook: HookName): Program | undefined {
  return orFail(`the pinned program ${hook} cannot be opened`, () => {
    try {
      return Program.openPinned(programPin(pinRoot, hook));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
}

// What attaching needs to know.
import type { Program } from 'libbpf-ts';
import type { HookName } from '../abi/hook-name.ts';
import type { Change } from '../model/change.ts';
import type { PinnedLink } from './pinned-links.ts';

export interface LinkContext {
  readonly pinRoot: string;
  /** undefined where the kernel lacks the hook. */
  program(hook: HookName): { readonly program: Program; readonly id: number } | undefined;
  /** Another program that does the same; the caller owns it. */
  copy(hook: HookName): Program;
  /** False before kernel 6.6: clsact has to serve. */
  readonly hasTcx: boolean;
  /** Inode of the network namespace that the process is in. */
  readonly netns: number;
  /** Why XDP is not attached to a device, by ifindex: told once, not at every reconcile. */
  readonly xdpRefusals: Map<number, string>;
}

/** What became of one desired link. */
export interface Ensured {
  readonly changes: readonly Change[];
  /** The pins that are right now; others for the same place are surplus. */
  readonly kept: readonly string[];
}

export const NOTHING: Ensured = { changes: [], kept: [] };

export function linkSubject({
  hook,
  device,
  family,
}: Pick<PinnedLink, 'hook' | 'device' | 'family'>): string {
  return `${hook} on ${device ?? `netfilter ${family ?? ''}`}`;
}

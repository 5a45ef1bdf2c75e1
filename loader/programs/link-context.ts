// Inputs of attaching: the loaded programs and what the kernel supports.
import type { Program } from 'libbpf-ts';
import type { HookName } from '../abi/hook-name.ts';
import type { Change } from '../model/change.ts';
import type { PinnedLink } from './pinned-links.ts';

export interface LinkContext {
  readonly pinRoot: string;
  /** undefined where the kernel lacks the hook. */
  program(hook: HookName): { readonly program: Program; readonly id: number } | undefined;
  /** A second instance of the hook's program; the caller owns it. */
  copy(hook: HookName): Program;
  /** False before kernel 6.6, where clsact filters are used instead. */
  readonly hasTcx: boolean;
  /** Inode of the process's network namespace. */
  readonly netns: number;
  /** Reasons why XDP could not be attached, by ifindex; kept so that each is reported once and not at every sync. */
  readonly xdpRefusals: Map<number, string>;
}

/** Result of ensuring one desired link. */
export interface LinkResult {
  readonly changes: readonly Change[];
  /** Pins of the link; other pins at the same place are surplus. */
  readonly kept: readonly string[];
}

export const NO_RESULT: LinkResult = { changes: [], kept: [] };

export function linkSubject({
  hook,
  device,
  family,
}: Pick<PinnedLink, 'hook' | 'device' | 'family'>): string {
  return `${hook} on ${device ?? `netfilter ${family ?? ''}`}`;
}

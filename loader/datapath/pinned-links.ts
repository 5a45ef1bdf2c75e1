// Links as they are pinned: readable without the daemon.
import type { LinkInfo } from 'libbpf-ts';
import type { HookName } from '../abi/hook-name.ts';
import type { NetfilterFamily } from './hook.ts';

export interface PinnedLink {
  readonly hook: HookName;
  /** Device that the pin is named after; undefined for netfilter links. */
  readonly device: string | undefined;
  readonly family: NetfilterFamily | undefined;
  readonly path: string;
  /** 0 once the device is gone; undefined for netfilter links. */
  readonly ifindex: number | undefined;
  readonly linkId: number;
  readonly programId: number;
  readonly info: LinkInfo;
}

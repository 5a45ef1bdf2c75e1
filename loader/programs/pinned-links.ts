// Reads pinned links; works without the daemon.
import { lstatSync, readlinkSync } from 'node:fs';
import { clsactFilter, Link } from 'libbpf-ts';
import type { HookName } from '../abi/hook-name.ts';
import { errorCode } from './failure.ts';
import { isTcxHook, TCX_HOOKS, type NetfilterFamily } from './hook.ts';
import { devicePins, linkPins, type LinkPin, type PinnedXdpMode } from './pin.ts';

export interface PinnedLink {
  readonly hook: HookName;
  readonly attachment: 'tcx' | 'clsact' | 'xdp' | 'netfilter';
  readonly path: string;
  /** Device that the pin is named after; undefined for netfilter links. */
  readonly device: string | undefined;
  /** 0 once the device is gone; undefined for netfilter links. */
  readonly ifindex: number | undefined;
  /** XDP links only. */
  readonly mode: PinnedXdpMode | undefined;
  /** Netfilter links only. */
  readonly family: NetfilterFamily | undefined;
  /** Netfilter links only: inode of the network namespace. */
  readonly netns: number | undefined;
  /** Netfilter links only. */
  readonly priority: number | undefined;
  /** Absent for clsact filters, which have no link. */
  readonly linkId: number | undefined;
  /** 0 if the link is detached. */
  readonly programId: number;
}

/** In the order of pins. A pin that is removed meanwhile is skipped. */
export function listPinnedLinks(pinRoot: string): PinnedLink[] {
  return linkPins(pinRoot).flatMap(pin => describePin(pin) ?? []);
}

/** Pinned links of one device. */
export function pinnedLinksOf(pinRoot: string, device: string): PinnedLink[] {
  return devicePins(pinRoot, device).flatMap(pin => describePin(pin) ?? []);
}

/** `hook ifindex` of every program that is attached to a device. */
export function attachedHooks(links: readonly PinnedLink[]): ReadonlySet<string> {
  const attached = links.filter(link => link.programId !== 0 && (link.ifindex ?? 0) !== 0);
  return new Set(attached.map(link => `${link.hook} ${link.ifindex ?? 0}`));
}

const NO_LINK_INFO = {
  ...{ device: undefined, ifindex: undefined, mode: undefined, family: undefined, netns: undefined },
  ...{ priority: undefined, linkId: undefined, programId: 0 },
};

/** undefined if the pin is gone. */
export function describePin(pin: LinkPin): PinnedLink | undefined {
  try {
    return lstatSync(pin.path).isSymbolicLink() ? describeFilter(pin) : describeLink(pin);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function describeLink({ place, path }: LinkPin): PinnedLink {
  using link = Link.openPinned(path);
  const info = link.info();
  const base = { ...NO_LINK_INFO, ...place, path, linkId: info.id, programId: info.programId };
  switch (info.kind) {
    case 'netfilter':
      return { ...base, attachment: 'netfilter', priority: info.priority };
    case 'xdp':
      return { ...base, attachment: 'xdp', ifindex: info.ifindex };
    default:
      return { ...base, attachment: 'tcx', ifindex: info.kind === 'tcx' ? info.ifindex : 0 };
  }
}

/** A clsact filter cannot be pinned: a symbolic link with this target records its device. */
const FILTER_TARGET = /^clsact:(\d+)$/;

export function filterTarget(ifindex: number): string {
  return `clsact:${ifindex}`;
}

/** Handle 'hd' at the first priority. Filters of other software there have other handles, mostly 1. */
export const CLSACT_PLACE = { priority: 1, handle: 0x6864 } as const;

function describeFilter({ place, path }: LinkPin): PinnedLink {
  const ifindex = Number(FILTER_TARGET.exec(readlinkSync(path))?.[1] ?? 0);
  const direction = isTcxHook(place.hook) ? TCX_HOOKS[place.hook] : undefined;
  const isKnown = ifindex !== 0 && direction !== undefined;
  const programId = isKnown ? clsactFilter({ ifindex, direction, ...CLSACT_PLACE }).programId() : undefined;
  const base = { ...NO_LINK_INFO, ...place, path, attachment: 'clsact' as const };
  return { ...base, ifindex: programId === undefined ? 0 : ifindex, programId: programId ?? 0 };
}

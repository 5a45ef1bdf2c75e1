// Attaches a program to one direction of a device: exactly once, and first in the tcx chain.
import { Link, queryTcx, type Program, type TcxChain } from 'libbpf-ts';
import type { Change } from '../model/change.ts';
import type { Device } from './desired-link.ts';
import { detach } from './detach.ts';
import { errorCode } from './failure.ts';
import { TCX_HOOKS, type TcxHook } from './hook.ts';
import { linkSubject, NO_RESULT, type LinkResult, type LinkContext } from './link-context.ts';
import { openLink } from './lost-links.ts';
import { linkPin, movePin, replacePin } from './pin.ts';
import type { PinnedLink } from './pinned-links.ts';

export interface TcxPlace {
  readonly hook: TcxHook;
  readonly device: Device;
}

/** `existing` are the pinned links of the same hook and device index. */
export function ensureTcx(
  context: LinkContext,
  place: TcxPlace,
  existing: readonly PinnedLink[],
): LinkResult {
  const ours = context.program(place.hook);
  if (ours === undefined) return NO_RESULT;
  const path = pathOf(context, place);
  const chain = queryTcx(place.device.ifindex, TCX_HOOKS[place.hook]);
  // A pinned link that is not in the device's chain belongs to a device of the same index in another namespace.
  const link = existing.find(({ linkId }) => chain.some(entry => entry.linkId === linkId));
  const subject = subjectOf(place);
  if (link === undefined) {
    if (repin(chain, ours.id, path)) return { changes: [{ subject, action: 'pinned again' }], kept: [path] };
    const filters = existing.filter(({ attachment }) => attachment === 'clsact');
    attachWithRetry(() => attachTcx(context, place, ours.program, filters));
    return { changes: [{ subject, action: 'attached' }], kept: [path] };
  }
  const changes: Change[] = [];
  if (link.path !== path) {
    movePin(link.path, path);
    changes.push({ subject, action: `pin renamed from ${link.device ?? '?'}` });
  }
  if (chain[0]?.linkId !== link.linkId) {
    moveFirst(context, place, ours.program);
    changes.push({ subject, action: 'moved before the programs of other software' });
  } else if (link.programId !== ours.id) {
    using open = Link.openPinned(path);
    open.update(ours.program);
    changes.push({ subject, action: `updated to program ${ours.id}` });
  }
  return { changes, kept: [path] };
}

/** False: the program is not attached, or its link is just going. */
function repin(chain: TcxChain, programId: number, path: string): boolean {
  const attached = chain.find(entry => entry.programId === programId && entry.linkId !== 0);
  using link = attached && openLink(attached.linkId);
  if (link === undefined) return false;
  replacePin(link, path);
  return true;
}

const DYING_LINK_TRIES = 50;
const DYING_LINK_WAIT_MS = 4;

/** The kernel frees an unpinned link later; until then attaching the same program again fails with EEXIST. */
function attachWithRetry(attach: () => void): void {
  for (let tries = 1; ; tries++) {
    try {
      attach();
      return;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST' || tries === DYING_LINK_TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, DYING_LINK_WAIT_MS);
    }
  }
}

/** Attaches first in order, detaches `filters` (clsact filters that the link replaces) and replaces the pin. */
export function attachTcx(
  context: LinkContext,
  place: TcxPlace,
  program: Program,
  filters: readonly PinnedLink[] = [],
): void {
  using link = program.attachTcx(targetOf(place));
  for (const filter of filters) detach(filter);
  replacePin(link, pathOf(context, place));
}

/**
 * Moves a program to the front. The kernel cannot move a link and refuses the same program twice, so a copy is attached
 * first, then the old link is detached, then the copy's link is updated to the program. One of them is always attached.
 */
function moveFirst(context: LinkContext, place: TcxPlace, program: Program): void {
  const path = pathOf(context, place);
  using copy = context.copy(place.hook);
  using old = Link.openPinned(path);
  using link = copy.attachTcx(targetOf(place));
  replacePin(link, path);
  old.detach();
  link.update(program);
}

function targetOf({ hook, device }: TcxPlace) {
  return { ifindex: device.ifindex, direction: TCX_HOOKS[hook], first: true } as const;
}

function pathOf({ pinRoot }: LinkContext, { hook, device }: TcxPlace): string {
  return linkPin(pinRoot, { hook, device: device.name });
}

function subjectOf({ hook, device }: TcxPlace): string {
  return linkSubject({ hook, device: device.name, family: undefined });
}

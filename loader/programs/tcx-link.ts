// Our program on one side of a device: exactly once, and before everybody else's.
import { Link, queryTcx, type Program } from 'libbpf-ts';
import type { Change } from '../model/change.ts';
import type { Device } from './desired-link.ts';
import { detach } from './detach.ts';
import { errorCode } from './failure.ts';
import { TCX_HOOKS, type TcxHook } from './hook.ts';
import { linkSubject, NOTHING, type Ensured, type LinkContext } from './link-context.ts';
import { linkPin, movePin, replacePin } from './pin.ts';
import type { PinnedLink } from './pinned-links.ts';

export interface TcxPlace {
  readonly hook: TcxHook;
  readonly device: Device;
}

/** `existing` are the pinned links of the same hook and device index. */
export function ensureTcx(context: LinkContext, place: TcxPlace, existing: readonly PinnedLink[]): Ensured {
  const ours = context.program(place.hook);
  if (ours === undefined) return NOTHING;
  const path = pathOf(context, place);
  const chain = queryTcx(place.device.ifindex, TCX_HOOKS[place.hook]);
  // A pinned link that the device does not know belongs to a device of the same index in another namespace.
  const link = existing.find(({ linkId }) => chain.some(entry => entry.linkId === linkId));
  const subject = subjectOf(place);
  if (link === undefined) {
    const filters = existing.filter(({ attachment }) => attachment === 'clsact');
    attachPatiently(() => attachTcx(context, place, ours.program, filters));
    return { changes: [{ subject, action: 'attached' }], kept: [path] };
  }
  const changes: Change[] = [];
  if (link.path !== path) {
    movePin(link.path, path);
    changes.push({ subject, action: `pin renamed from ${link.device ?? '?'}` });
  }
  if (chain[0]?.linkId !== link.linkId) {
    moveFirst(context, place, ours.program);
    changes.push({ subject, action: 'moved before the programs of others' });
  } else if (link.programId !== ours.id) {
    using open = Link.openPinned(path);
    open.update(ours.program);
    changes.push({ subject, action: `updated to program ${ours.id}` });
  }
  return { changes, kept: [path] };
}

const DYING_LINK_TRIES = 50;
const DYING_LINK_WAIT_MS = 4;

/** The kernel frees a link whose pin was removed only later, and until then the same program is there already. */
function attachPatiently(attach: () => void): void {
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

/** First in order; takes the place of any other pin of that name, and of the filters of an older kernel's way. */
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
 * A link cannot be moved, and the same program cannot be attached twice: a copy goes first, then the old link goes,
 * then the copy's link gets the program. At every instant one of them judges the packet.
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

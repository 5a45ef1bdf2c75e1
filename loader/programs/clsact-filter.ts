// The same as tcx links for kernels before 6.6: direct-action filters, in the earliest priority of clsact.
import { mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { TCX_HOOKS } from './hook.ts';
import { linkSubject, NOTHING, type Ensured, type LinkContext } from './link-context.ts';
import { linkPin, removePin } from './pin.ts';
import { CLSACT_PLACE, filterTarget, type PinnedLink } from './pinned-links.ts';
import type { TcxPlace } from './tcx-link.ts';

/** Replacing a filter is one step for the kernel, like the update of a link. */
export function ensureClsact(
  context: LinkContext,
  place: TcxPlace,
  existing: readonly PinnedLink[],
): Ensured {
  const { hook, device } = place;
  const ours = context.program(hook);
  if (ours === undefined) return NOTHING;
  const path = linkPin(context.pinRoot, { hook, device: device.name });
  const subject = linkSubject({ hook, device: device.name, family: undefined });
  const filter = existing.find(candidate => candidate.attachment === 'clsact');
  remember(path, device.ifindex);
  if (filter?.programId === ours.id) return { changes: [], kept: [path] };
  ours.program.attachClsact({ ifindex: device.ifindex, direction: TCX_HOOKS[hook], ...CLSACT_PLACE });
  const action = filter === undefined ? 'attached' : `updated to program ${ours.id}`;
  return { changes: [{ subject, action }], kept: [path] };
}

/** Before the filter is there: one that nobody remembers could never be removed. */
function remember(path: string, ifindex: number): void {
  const target = filterTarget(ifindex);
  if (currentTarget(path) === target) return;
  removePin(path);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  symlinkSync(target, path);
}

function currentTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // nothing there, or a link's pin from a newer kernel
  }
}

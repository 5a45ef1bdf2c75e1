// In place of tcx links on kernels before 6.6: direct-action filters at the first priority of clsact.
import { readlinkSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { makePinFolder } from './bpffs.ts';
import { TCX_HOOKS } from './hook.ts';
import { linkSubject, NO_RESULT, type LinkResult, type LinkContext } from './link-context.ts';
import { linkPin, removePin } from './pin.ts';
import { CLSACT_PLACE, filterTarget, type PinnedLink } from './pinned-links.ts';
import type { TcxPlace } from './tcx-link.ts';

/** The kernel replaces a filter atomically, as it updates a link. */
export function ensureClsact(
  context: LinkContext,
  place: TcxPlace,
  existing: readonly PinnedLink[],
): LinkResult {
  const { hook, device } = place;
  const ours = context.program(hook);
  if (ours === undefined) return NO_RESULT;
  const path = linkPin(context.pinRoot, { hook, device: device.name });
  const subject = linkSubject({ hook, device: device.name, family: undefined });
  const filter = existing.find(candidate => candidate.attachment === 'clsact');
  recordFilter(path, device.ifindex);
  if (filter?.programId === ours.id) return { changes: [], kept: [path] };
  ours.program.attachClsact({ ifindex: device.ifindex, direction: TCX_HOOKS[hook], ...CLSACT_PLACE });
  const action = filter === undefined ? 'attached' : `updated to program ${ours.id}`;
  return { changes: [{ subject, action }], kept: [path] };
}

/** Called before the filter is attached: without the record a crash would leave a filter that no cleanup finds. */
function recordFilter(path: string, ifindex: number): void {
  const target = filterTarget(ifindex);
  if (recordedTarget(path) === target) return;
  removePin(path);
  makePinFolder(dirname(path));
  symlinkSync(target, path);
}

function recordedTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // no file, or the pin of a link that a newer kernel made
  }
}

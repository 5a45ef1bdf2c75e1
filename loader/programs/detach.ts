// Detaches a link synchronously and removes its pin.
import { clsactFilter, Link } from 'libbpf-ts';
import { errorCode } from './failure.ts';
import { isTcxHook, TCX_HOOKS } from './hook.ts';
import { removePin } from './pin.ts';
import { CLSACT_PLACE, type PinnedLink } from './pinned-links.ts';

/** The program is detached when this returns; removing only the pin would leave that to a deferred kernel work item. */
export function detach(link: PinnedLink): void {
  if (link.attachment === 'clsact') detachFilter(link);
  else detachLink(link.path);
  removePin(link.path);
}

function detachLink(path: string): void {
  try {
    using link = Link.openPinned(path);
    link.detach();
  } catch (error) {
    // The pin or the device was removed first.
    if (!['ENOENT', 'ENOLINK', 'UNKNOWN'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** The qdisc stays: it may hold filters of other software. */
function detachFilter({ hook, ifindex }: PinnedLink): void {
  if (!isTcxHook(hook) || ifindex === undefined || ifindex === 0) return;
  clsactFilter({ ifindex, direction: TCX_HOOKS[hook], ...CLSACT_PLACE }).detach();
}

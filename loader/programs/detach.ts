// Taking a link away, at once and without trace.
import { clsactFilter, Link } from 'libbpf-ts';
import { errorCode } from './failure.ts';
import { isTcxHook, TCX_HOOKS } from './hook.ts';
import { removePin } from './pin.ts';
import { CLSACT_PLACE, type PinnedLink } from './pinned-links.ts';

/** Detached when it returns: the kernel closes the last reference of a mere pin only later. */
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
    // The pin, or what it was attached to, went first.
    if (!['ENOENT', 'ENOLINK', 'UNKNOWN'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** The qdisc stays: others may have put filters into it. */
function detachFilter({ hook, ifindex }: PinnedLink): void {
  if (!isTcxHook(hook) || ifindex === undefined || ifindex === 0) return;
  clsactFilter({ ifindex, direction: TCX_HOOKS[hook], ...CLSACT_PLACE }).detach();
}

// Reconciles the attached links with the desired ones.
import type { Change } from '../model/change.ts';
import { ensureClsact } from './clsact-filter.ts';
import { isDeviceLink, type DesiredLink } from './desired-link.ts';
import { detach } from './detach.ts';
import { HeddleError } from '../errors.ts';
import { errorCode, orFail } from './failure.ts';
import { linkSubject, NO_RESULT, type LinkResult, type LinkContext } from './link-context.ts';
import { ensureNetfilter } from './netfilter-link.ts';
import { listPinnedLinks, type PinnedLink } from './pinned-links.ts';
import { ensureTcx } from './tcx-link.ts';
import { ensureXdp } from './xdp-link.ts';

/** Updates existing links to the current programs, attaches missing ones, then detaches surplus ones. */
export function reconcileLinks(context: LinkContext, desired: readonly DesiredLink[]): Change[] {
  const pinned = listPinnedLinks(context.pinRoot);
  const kept = new Set<string>();
  if (!desired.some(({ hook }) => hook === 'uplink_xdp')) context.xdpRefusals.clear();
  const changes: Change[] = [];
  const failures: HeddleError[] = [];
  for (const link of desired) {
    const ensured = attempt(failures, () => ensure(context, link, pinned));
    changes.push(...ensured.changes);
    for (const path of ensured.kept) kept.add(path);
  }
  if (failures.length === 0) changes.push(...removeSurplus(context, kept));
  throwAll(failures);
  return changes;
}

/** A failure on one device does not stop the others. */
function attempt(failures: HeddleError[], action: () => LinkResult): LinkResult {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    failures.push(error);
    return NO_RESULT;
  }
}

function throwAll(failures: readonly HeddleError[]): void {
  const [first] = failures;
  if (first === undefined) return;
  const text = failures.map(({ message }) => message).join('; ');
  throw new HeddleError(first.code, text, { cause: first });
}

function ensure(context: LinkContext, link: DesiredLink, pinned: readonly PinnedLink[]): LinkResult {
  const ofHook = pinned.filter(({ hook }) => hook === link.hook);
  if (!isDeviceLink(link)) {
    const here = ofHook.filter(({ netns }) => netns === context.netns);
    return orFail(`${link.hook} cannot be attached`, () => ensureNetfilter(context, link.hook, here));
  }
  const { name, ifindex } = link.device;
  const onDevice = ofHook.filter(candidate => candidate.ifindex === ifindex);
  return orFail(`${link.hook} cannot be attached to ${name}`, () => {
    try {
      if (link.hook === 'uplink_xdp') return ensureXdp(context, link, onDevice);
      return context.hasTcx ? ensureTcx(context, link, onDevice) : ensureClsact(context, link, onDevice);
    } catch (error) {
      if (errorCode(error) !== 'ENODEV') throw error;
      return NO_RESULT; // the device was deleted meanwhile: the next sync does not desire it
    }
  });
}

function removeSurplus({ pinRoot }: LinkContext, kept: ReadonlySet<string>): Change[] {
  const surplus = listPinnedLinks(pinRoot).filter(({ path }) => !kept.has(path));
  return surplus.map(link => {
    detach(link);
    const action = link.ifindex === 0 ? 'removed: its device is gone' : 'detached';
    return { subject: linkSubject(link), action };
  });
}

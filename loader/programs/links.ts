// Makes the links exactly the desired ones.
import type { Change } from '../model/change.ts';
import { ensureClsact } from './clsact-filter.ts';
import { isDeviceLink, type DesiredLink } from './desired-link.ts';
import { detach } from './detach.ts';
import { DataplaneError } from '../errors.ts';
import { errorCode, orFail } from './failure.ts';
import { linkSubject, NOTHING, type Ensured, type LinkContext } from './link-context.ts';
import { ensureNetfilter } from './netfilter-link.ts';
import { listPinnedLinks, type PinnedLink } from './pinned-links.ts';
import { ensureTcx } from './tcx-link.ts';
import { ensureXdp } from './xdp-link.ts';

/** Existing links go on, switched to the programs in force; missing ones are attached, then surplus ones go. */
export function reconcileLinks(context: LinkContext, desired: readonly DesiredLink[]): Change[] {
  const pinned = listPinnedLinks(context.pinRoot);
  const kept = new Set<string>();
  if (!desired.some(({ hook }) => hook === 'uplink_xdp')) context.xdpRefusals.clear();
  const changes: Change[] = [];
  const failures: DataplaneError[] = [];
  for (const link of desired) {
    const ensured = attempt(failures, () => ensure(context, link, pinned));
    changes.push(...ensured.changes);
    for (const path of ensured.kept) kept.add(path);
  }
  if (failures.length === 0) changes.push(...removeSurplus(context, kept));
  throwAll(failures);
  return changes;
}

/** One device's failure must not keep the others from being switched. */
function attempt(failures: DataplaneError[], action: () => Ensured): Ensured {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DataplaneError)) throw error;
    failures.push(error);
    return NOTHING;
  }
}

function throwAll(failures: readonly DataplaneError[]): void {
  const [first] = failures;
  if (first === undefined) return;
  const text = failures.map(({ message }) => message).join('; ');
  throw new DataplaneError(first.code, text, { cause: first });
}

function ensure(context: LinkContext, link: DesiredLink, pinned: readonly PinnedLink[]): Ensured {
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
      return NOTHING; // the device went meanwhile: the next reconcile will not desire it
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

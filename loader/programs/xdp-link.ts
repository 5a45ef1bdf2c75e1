// Attaches uplink_xdp to the uplink. It is optional: `auto` does not attach it where it would slow the device down.
import { Link } from 'libbpf-ts';
import { messageOf } from '../errors.ts';
import type { Change } from '../model/change.ts';
import type { DesiredLink, XdpMode } from './desired-link.ts';
import { detach } from './detach.ts';
import { linkSubject, NO_RESULT, type LinkResult, type LinkContext } from './link-context.ts';
import { linkPin, movePin, replacePin, type PinnedXdpMode } from './pin.ts';
import type { PinnedLink } from './pinned-links.ts';

type XdpPlace = Extract<DesiredLink, { hook: 'uplink_xdp' }>;

/** undefined: do not attach. Native XDP on a veth switches TSO off for its peer. */
export function chooseXdpMode(mode: XdpMode, deviceKind: string | undefined): PinnedXdpMode | undefined {
  if (mode !== 'auto') return mode;
  return deviceKind === 'veth' ? undefined : 'native';
}

/** A refusal by the device is reported once and is not an error: uplink_rx makes the same checks. */
export function ensureXdp(
  context: LinkContext,
  place: XdpPlace,
  existing: readonly PinnedLink[],
): LinkResult {
  const mode = chooseXdpMode(place.mode, place.deviceKind);
  const ours = context.program('uplink_xdp');
  if (mode === undefined || ours === undefined) return NO_RESULT;
  const { ifindex, name } = place.device;
  const path = linkPin(context.pinRoot, { hook: 'uplink_xdp', device: name, mode });
  const subject = linkSubject({ hook: 'uplink_xdp', device: name, family: undefined });
  const link = existing.find(candidate => candidate.mode === mode);
  if (link !== undefined) return keep(link, path, { subject, ours });
  for (const other of existing) detach(other); // a device has one XDP program, in one mode
  try {
    using created = ours.program.attachXdp({ ifindex, mode });
    replacePin(created, path);
    context.xdpRefusals.delete(ifindex);
    return { changes: [{ subject, action: `attached in ${mode} mode` }], kept: [path] };
  } catch (error) {
    const reason = messageOf(error);
    if (context.xdpRefusals.get(ifindex) === reason) return NO_RESULT;
    context.xdpRefusals.set(ifindex, reason);
    return { changes: [{ subject, action: `not attached: ${reason}` }], kept: [] };
  }
}

type Ours = NonNullable<ReturnType<LinkContext['program']>>;

function keep(
  link: PinnedLink,
  path: string,
  { subject, ours }: { subject: string; ours: Ours },
): LinkResult {
  const changes: Change[] = [];
  if (link.path !== path) {
    movePin(link.path, path);
    changes.push({ subject, action: `pin renamed from ${link.device ?? '?'}` });
  }
  if (link.programId !== ours.id) {
    using open = Link.openPinned(path);
    open.update(ours.program);
    changes.push({ subject, action: `updated to program ${ours.id}` });
  }
  return { changes, kept: [path] };
}

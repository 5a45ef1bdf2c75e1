// The forward program in netfilter's FORWARD of both families.
import { Link, type Program } from 'libbpf-ts';
import type { Change } from '../model/change.ts';
import { errorCode } from './failure.ts';
import { NETFILTER_FAMILIES, type NetfilterFamily } from './hook.ts';
import { linkSubject, NOTHING, type Ensured, type LinkContext } from './link-context.ts';
import { linkPin, replacePin } from './pin.ts';
import type { PinnedLink } from './pinned-links.ts';

/**
 * Behind DNAT and the filter table (0), so that what a firewall drops is never entered as a flow. Several, since the
 * kernel can neither update such a link nor have two of one priority: a new link takes the next one that is free.
 */
const FIRST_PRIORITY = 10;
const PRIORITIES = 16;

/** `existing` are the pinned links of this network namespace. */
export function ensureNetfilter(context: LinkContext, existing: readonly PinnedLink[]): Ensured {
  const results = NETFILTER_FAMILIES.map(family =>
    ensureFamily(
      context,
      family,
      existing.find(link => link.family === family),
    ),
  );
  return { changes: results.flatMap(({ changes }) => changes), kept: results.flatMap(({ kept }) => kept) };
}

function ensureFamily(context: LinkContext, family: NetfilterFamily, link: PinnedLink | undefined): Ensured {
  const ours = context.program('forward');
  if (ours === undefined) return NOTHING;
  const path = linkPin(context.pinRoot, { hook: 'forward', netns: context.netns, family });
  if (link?.programId === ours.id) return { changes: [], kept: [path] };
  using old = link === undefined ? undefined : Link.openPinned(link.path);
  using created = attachFree(ours.program, family);
  replacePin(created, path);
  old?.detach();
  const subject = linkSubject({ hook: 'forward', device: undefined, family });
  const change: Change = {
    subject,
    action: old === undefined ? 'attached' : `replaced by program ${ours.id}`,
  };
  return { changes: [change], kept: [path] };
}

function attachFree(program: Program, family: NetfilterFamily, priority = FIRST_PRIORITY): Link {
  try {
    return program.attachNetfilter({ family, hook: 'forward', priority });
  } catch (error) {
    if (errorCode(error) !== 'EBUSY' || priority + 1 === FIRST_PRIORITY + PRIORITIES) throw error;
    return attachFree(program, family, priority + 1);
  }
}

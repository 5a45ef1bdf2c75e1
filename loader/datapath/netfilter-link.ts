// The forward program in netfilter's FORWARD of both families.
import { Link } from 'libbpf-ts';
import type { Change } from './change.ts';
import { NETFILTER_FAMILIES, type NetfilterFamily } from './hook.ts';
import { linkSubject, NOTHING, type Ensured, type LinkContext } from './link-context.ts';
import { linkPin, replacePin } from './pin.ts';
import type { PinnedLink } from './pinned-links.ts';

/**
 * Behind DNAT and the filter table (0), so that what a firewall drops is never entered as a flow. Two, since the
 * kernel can neither update such a link nor have two of one priority: a new link takes the other one.
 */
const PRIORITIES = [10, 11] as const;

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
  const priority = PRIORITIES.find(candidate => candidate !== link?.priority) ?? PRIORITIES[0];
  using old = link === undefined ? undefined : Link.openPinned(link.path);
  using created = ours.program.attachNetfilter({ family, hook: 'forward', priority });
  replacePin(created, path);
  old?.detach();
  const subject = linkSubject({ hook: 'forward', device: undefined, family });
  const change: Change = {
    subject,
    action: old === undefined ? 'attached' : `replaced by program ${ours.id}`,
  };
  return { changes: [change], kept: [path] };
}

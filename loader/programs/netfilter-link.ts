// Attaches programs to netfilter hooks, for IPv4 and IPv6.
import { Link, type Program } from 'libbpf-ts';
import type { Change } from '../model/change.ts';
import { errorCode } from './failure.ts';
import {
  NETFILTER_FAMILIES,
  NETFILTER_HOOKS,
  NETFILTER_PRIORITIES,
  type NetfilterFamily,
  type NetfilterHook,
} from './hook.ts';
import { linkSubject, NO_RESULT, type LinkResult, type LinkContext } from './link-context.ts';
import { openNetfilterLink } from './lost-links.ts';
import { linkPin, replacePin } from './pin.ts';
import type { PinnedLink } from './pinned-links.ts';

/** `existing` are the pinned links of this network namespace. */
export function ensureNetfilter(
  context: LinkContext,
  hook: NetfilterHook,
  existing: readonly PinnedLink[],
): LinkResult {
  const results = NETFILTER_FAMILIES.map(family =>
    ensureFamily(
      context,
      { hook, family },
      existing.find(link => link.family === family),
    ),
  );
  return { changes: results.flatMap(({ changes }) => changes), kept: results.flatMap(({ kept }) => kept) };
}

interface Place {
  readonly hook: NetfilterHook;
  readonly family: NetfilterFamily;
}

function ensureFamily(context: LinkContext, place: Place, link: PinnedLink | undefined): LinkResult {
  const ours = context.program(place.hook);
  if (ours === undefined) return NO_RESULT;
  const path = linkPin(context.pinRoot, { ...place, netns: context.netns });
  if (link?.programId === ours.id) return { changes: [], kept: [path] };
  const subject = linkSubject({ ...place, device: undefined });
  using lost = link === undefined ? openNetfilterLink(ours.id, place.family) : undefined;
  if (lost !== undefined) {
    replacePin(lost, path);
    return { changes: [{ subject, action: 'pinned again' }], kept: [path] };
  }
  using old = link === undefined ? undefined : Link.openPinned(link.path);
  using created = attachFree(ours.program, place);
  replacePin(created, path);
  old?.detach();
  const change: Change = {
    subject,
    action: old === undefined ? 'attached' : `replaced by program ${ours.id}`,
  };
  return { changes: [change], kept: [path] };
}

function attachFree(program: Program, { hook, family }: Place, tried = 0): Link {
  const { point, firstPriority } = NETFILTER_HOOKS[hook];
  try {
    return program.attachNetfilter({ family, hook: point, priority: firstPriority + tried });
  } catch (error) {
    if (errorCode(error) !== 'EBUSY' || tried + 1 === NETFILTER_PRIORITIES) throw error;
    return attachFree(program, { hook, family }, tried + 1);
  }
}

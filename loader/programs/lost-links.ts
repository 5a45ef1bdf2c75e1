// Links of this process's programs that are attached, and whose pins cannot be seen: another mount hides them, or their file
// system was unmounted and another one is in its place.
import { type Link, linkById, linkIds } from 'libbpf-ts';
import { errorCode } from './failure.ts';
import type { NetfilterFamily } from './hook.ts';

/** AF_INET and AF_INET6. */
const FAMILY_NUMBERS = { ipv4: 2, ipv6: 10 } as const satisfies Record<NetfilterFamily, number>;

/** The caller disposes it. Undefined: it is gone. */
export function openLink(id: number): Link | undefined {
  try {
    return linkById(id);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** As `openLink`, of the program in netfilter. */
export function openNetfilterLink(programId: number, family: NetfilterFamily): Link | undefined {
  for (const id of linkIds()) {
    const link = openLink(id);
    const info = link?.info();
    const isIt =
      info?.kind === 'netfilter' && info.programId === programId && info.family === FAMILY_NUMBERS[family];
    if (isIt) return link;
    link?.[Symbol.dispose]();
  }
  return undefined;
}

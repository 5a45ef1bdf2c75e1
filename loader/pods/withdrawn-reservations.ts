// What this node has published of a pod that is gone reserves its address until it is withdrawn, moments after the DEL.
import { setTimeout as sleep } from 'node:timers/promises';
import { ownerName } from '../ipam/owner-name.ts';
import type { Attachment } from '../model/attachment.ts';

const POLL_MS = 5;
/** Far longer than a publication needs to be read back, on a busy node too. A reservation that stays is one of the pod's object. */
const WITHIN_MS = 2_000;

/** Resolves when every pod that addresses are reserved for has an attachment; two seconds later if one still has none. */
export async function untilWithdrawn(
  reservedFor: () => readonly string[],
  attachments: () => Iterable<Attachment>,
): Promise<void> {
  const isOneAbsent = (): boolean => {
    const owners = reservedFor();
    if (owners.length === 0) return false;
    const present = new Set(Array.from(attachments(), ownerName));
    return owners.some(owner => !present.has(owner));
  };
  const deadline = performance.now() + WITHIN_MS;
  while (isOneAbsent() && performance.now() < deadline) await sleep(POLL_MS);
}

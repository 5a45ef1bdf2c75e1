// When a new pod can send: the kernel gives its end a transmit queue from a work queue, moments after the pair has come up.
import { setTimeout as sleep } from 'node:timers/promises';
import { getLink, isRtnetlinkError, type RtnetlinkSocket } from 'rtnetlink';
import type { PodLinks } from './pod-interface.ts';

const POLL_MS = 1;
/** The kernel delays the work by a second at most (linkwatch_schedule_work); more of it may be queued before. */
const WITHIN_MS = 3_000;

/**
 * Resolves once packets of the pod are not dropped for want of a queue. Until the kernel's link watch has run, the end that came up
 * first has noop_qdisc, which drops all. Since Linux 6.8 the look-up itself runs it (kernel commit facd15dfd691); before, the
 * operational state shows it (RFC 2863). A pod whose end is gone or was taken down is not waited for, any other three seconds at most.
 */
export async function whenPodCanSend(
  socket: RtnetlinkSocket,
  { podIfindex, podNetnsId }: PodLinks,
): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (isWaiting(socket, podIfindex, podNetnsId) && performance.now() < deadline) await sleep(POLL_MS);
}

function isWaiting(socket: RtnetlinkSocket, ifindex: number, netnsId: number): boolean {
  try {
    const link = getLink(socket, ifindex, netnsId);
    return link !== undefined && link.up && !link.operational;
  } catch (error) {
    if (isRtnetlinkError(error, 'EINVAL')) return false; // the namespace has ended, and its number with it
    throw error;
  }
}

// Closing a pod: its rows go before anything else, so that nothing of it passes, whatever fails later.
import { getLink, type LinkId, type RtnetlinkSocket } from 'rtnetlink';
import type { Ipam } from '../ipam/ipam.ts';
import type { Attachment } from '../model/attachment.ts';
import { podOwnerOf } from '../network/pod-links.ts';
import type { LocalPods } from '../reconcilers/local-pods.ts';
import type { NodeState } from '../reconcilers/node-state.ts';

export interface PodClosing {
  readonly socket: RtnetlinkSocket;
  readonly ipam: Ipam;
  readonly localPods: LocalPods;
  /** The state of the last write of the tables; throws `NOT_READY` before the first. */
  readonly state: () => NodeState;
}

/** From then on its packets are dropped in both directions. A device that is to be deleted keeps its programs until it is. */
export function closePod({ ipam, localPods, state }: PodClosing, attachment: Attachment): void {
  state().writers.removePod(attachment, localPods.get(attachment)?.ifindex);
  ipam.close(attachment);
  if (attachment.netns === undefined) localPods.delete(attachment);
  else localPods.close(attachment);
}

/**
 * Its device, by its index: it may be renamed until its turn comes, and then the name would say that it is gone. Without one, by
 * the name. Before `closePod`, which forgets the index of one that was renamed.
 */
export function deviceOf({ socket, localPods }: PodClosing, attachment: Attachment): LinkId {
  const named = getLink(socket, attachment.hostInterface);
  if (named !== undefined) return named.index;
  const ifindex = localPods.get(attachment)?.ifindex;
  const renamed = ifindex === undefined ? undefined : getLink(socket, ifindex);
  return renamed !== undefined && podOwnerOf(renamed) !== undefined
    ? renamed.index
    : attachment.hostInterface;
}

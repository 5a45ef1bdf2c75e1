// Records that cannot be true beside those of living containers: an older copy of the state directory was put back.
import type { Attachment } from '../model/attachment.ts';

/** Pure. Those that are not alive and have an address or a pod id of one that is. */
export function contradicted(
  attachments: Iterable<Attachment>,
  isLive: (attachment: Attachment) => boolean,
): readonly Attachment[] {
  const all = [...attachments];
  const live = new Set(all.filter(isLive));
  const used = new Set([...live].flatMap(({ addresses, podId }) => [...addresses, podId]));
  return all.filter(one => !live.has(one) && [...one.addresses, one.podId].some(has => used.has(has)));
}

// What GC removes: attachments of a network that its runtime does not name as valid.
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import { hostInterfaceName, isRebuilt } from './host-interface.ts';

/**
 * Pure. An attachment that was rebuilt from its device is valid by the device's name, which is a hash of the runtime's key.
 * It does not say its network: it counts as one of this network as long as no attachment is known of another.
 */
export function staleAttachments(
  attachments: readonly Attachment[],
  network: string,
  valid: readonly AttachmentKey[],
): readonly Attachment[] {
  const keys = new Set(valid.map(attachmentId));
  const devices = new Set(valid.map(hostInterfaceName));
  const isOnlyNetwork = attachments.every(one => one.network === undefined || one.network === network);
  return attachments.filter(one => {
    if (keys.has(attachmentId(one))) return false;
    return one.network === network || (isOnlyNetwork && isRebuilt(one) && !devices.has(one.hostInterface));
  });
}

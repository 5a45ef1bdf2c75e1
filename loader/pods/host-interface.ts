// Names of pods' devices on the host.
import { createHash } from 'node:crypto';
import type { Attachment, AttachmentKey } from '../model/attachment.ts';

/** The same for every ADD of one attachment, within 15 characters. */
export function hostInterfaceName({ containerId, ifname }: AttachmentKey): string {
  return `hd${createHash('sha256').update(`${containerId}/${ifname}`).digest('hex').slice(0, 11)}`;
}

/** Key of an attachment that was rebuilt from that device. The name is a hash of the key that the runtime knows it by. */
export function recoveredKey(hostInterface: string): AttachmentKey {
  return { containerId: `recovered-${hostInterface}`, ifname: 'eth0' };
}

/** Rebuilt from its device, which does not say where its namespace is. */
export function isRebuilt({ netns }: Attachment): boolean {
  return netns === '';
}

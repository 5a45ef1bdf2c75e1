// Who an address belongs to, by name.
import type { Attachment } from '../model/attachment.ts';

/** The name by which reservations and errors refer to the owner of an address. */
export function ownerName({ pod, containerId }: Pick<Attachment, 'pod' | 'containerId'>): string {
  return pod === undefined ? `container ${containerId}` : `pod ${pod.namespace}/${pod.name}`;
}

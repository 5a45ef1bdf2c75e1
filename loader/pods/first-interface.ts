// One interface a pod: what comes in by a second one would be answered by the first, whose source check drops it.
import { HeddleError } from '../errors.ts';
import type { Attachment, AttachmentKey } from '../model/attachment.ts';

/** Throws `ENDPOINT_EXISTS` for the same interface, `INVALID_REQUEST` when the container has another one of Heddle. */
export function assertFirst(
  { containerId, ifname }: AttachmentKey,
  same: Attachment | undefined,
  attachments: Iterable<Attachment>,
): void {
  if (same !== undefined)
    throw new HeddleError('ENDPOINT_EXISTS', `container ${containerId} has ${ifname} already`);
  for (const other of attachments)
    if (other.containerId === containerId)
      throw new HeddleError(
        'INVALID_REQUEST',
        `container ${containerId} has ${other.ifname} from Heddle, and a pod has one interface of Heddle's: ` +
          `make ${ifname} with another plugin, such as macvlan, ipvlan or bridge`,
      );
}

// One interface a pod: what comes in by a second one would be answered by the first, whose source check drops it.
import { HeddleError } from '../errors.ts';
import type { Attachment, AttachmentKey } from '../model/attachment.ts';

/** Throws `INVALID_REQUEST` when the container has another interface of Heddle. */
export function assertFirst({ containerId, ifname }: AttachmentKey, attachments: Iterable<Attachment>): void {
  for (const other of attachments)
    if (other.containerId === containerId)
      throw new HeddleError(
        'INVALID_REQUEST',
        `container ${containerId} has ${other.ifname} from Heddle, and a pod has one interface of Heddle's: ` +
          `make ${ifname} with another plugin, such as macvlan, ipvlan or bridge`,
      );
}

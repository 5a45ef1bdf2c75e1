// Removes every link and pin of an install.
import { detach } from './detach.ts';
import { restoreGracePeriods } from './grace-period.ts';
import { removePinTree } from './pin.ts';
import { listPinnedLinks } from './pinned-links.ts';

/** Detaches every link, then removes every pin under the root and the root itself. Returns the number of pins. */
export function removeAllPins(pinRoot: string): number {
  restoreGracePeriods(pinRoot);
  const links = listPinnedLinks(pinRoot);
  for (const link of links) detach(link);
  return links.length + removePinTree(pinRoot);
}

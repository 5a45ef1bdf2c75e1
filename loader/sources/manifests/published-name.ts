// Names of the files that nodes write into the manifests directory: a pod's addresses each.
import { createHash } from 'node:crypto';
import type { PodKey } from '../../model/objects.ts';

const PREFIX = 'heddle-addresses.';

/** The hash makes it one of a kind: pods of one name on two nodes, and names longer than a file's. */
export function publishedName(nodeName: string, key: PodKey): string {
  const hash = createHash('sha256').update(`${nodeName}/${key}`).digest('hex').slice(0, 12);
  return `${PREFIX}${key.replace('/', '.').slice(0, 200)}.${hash}.yaml`;
}

/** Of this node or another: they are renamed into place. */
export function isPublishedName(file: string): boolean {
  return file.startsWith(PREFIX);
}

/**
 * Writes the addresses of this node's pods into the manifests directory, for the other nodes that watch it.
 *
 * Each pod has a file of its own beside the objects (`kind: PodAddresses`), which only its node writes: the Pod's own
 * file belongs to whoever wrote it, may hold other objects, and is never touched. A file is renamed into place, and
 * says for which pod (uid) it was written, so that it means nothing to a later pod of the same name.
 */
import { createHash } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { HeddleError } from '../../errors.ts';
import type { PodKey } from '../../model/objects.ts';
import { podAddressesObject, type PodAddresses } from '../objects/kubernetes-objects.ts';
import type { ManifestDirectory } from './directory.ts';
import type { PublishedPod } from '../source.ts';

const PREFIX = 'heddle-addresses.';

/** Makes the directory hold exactly these of this node; writes only what differs. Throws `IO` with one sentence. */
export async function writePublishedPods(
  directory: ManifestDirectory,
  nodeName: string,
  pods: ReadonlyMap<PodKey, PublishedPod>,
): Promise<void> {
  const wanted = new Map(
    [...pods].map(([key, pod]) => [fileNameOf(nodeName, key), { key, nodeName, ...pod }]),
  );
  const written = ownFiles(directory, nodeName);
  const changed = [...wanted].filter(([file, pod]) => !isSame(written.get(file), pod));
  const gone = [...written.keys()].filter(file => !wanted.has(file));
  try {
    for (const [file, pod] of changed)
      await replaceFile(directory.path, file, stringify(podAddressesObject(pod)));
    for (const file of gone) await rm(join(directory.path, file), { force: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const sentence = `the manifests directory ${directory.path} cannot be written, so other nodes do not learn of this node's pods`;
    throw new HeddleError('IO', `${sentence}: ${reason}`, { cause: error });
  }
  await directory.read([...changed.map(([file]) => file), ...gone]);
}

function ownFiles(directory: ManifestDirectory, nodeName: string): ReadonlyMap<string, PodAddresses> {
  const own = new Map<string, PodAddresses>();
  for (const [file, objects] of directory.objects()) {
    if (!file.startsWith(PREFIX)) continue;
    for (const { kind, object } of objects)
      if (kind === 'PodAddresses' && object.nodeName === nodeName) own.set(file, object);
  }
  return own;
}

function isSame(written: PodAddresses | undefined, wanted: PodAddresses): boolean {
  return written?.uid === wanted.uid && written?.addresses.join() === wanted.addresses.join();
}

/** Whole or not at all, for readers that look at any moment. */
async function replaceFile(directory: string, file: string, text: string): Promise<void> {
  const fresh = join(directory, `.${file}.${process.pid}`);
  await writeFile(fresh, text);
  await rename(fresh, join(directory, file));
}

/** The hash makes it one of a kind: pods of one name on two nodes, and names longer than a file's. */
function fileNameOf(nodeName: string, key: PodKey): string {
  const hash = createHash('sha256').update(`${nodeName}/${key}`).digest('hex').slice(0, 12);
  return `${PREFIX}${key.replace('/', '.').slice(0, 200)}.${hash}.yaml`;
}

/**
 * Writes the addresses of this node's pods into the manifests directory, for the other nodes that watch it.
 *
 * Each pod has a file of its own beside the objects (`kind: PodAddresses`), which only its node writes: the Pod's own
 * file is not the daemon's, may hold other objects, and is never touched. A file is renamed into place, and
 * says for which pod (uid) it was written, so that it means nothing to a later pod of the same name.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { change, type Change } from '../../model/change.ts';
import type { PodAddresses, PodKey } from '../../model/objects.ts';
import { podAddressesObject } from '../objects/pod-addresses.ts';
import type { ManifestDirectory } from './directory.ts';
import { isPublishedName, publishedName } from './published-name.ts';

const WRITTEN = z.object({ kind: z.literal('PodAddresses'), nodeName: z.string() });

/** Makes the directory hold exactly these of this node; writes only what differs. Rejects with the system's error. */
export async function writePublishedPods(
  directory: ManifestDirectory,
  nodeName: string,
  pods: ReadonlyMap<PodKey, PodAddresses>,
): Promise<void> {
  const desired = new Map([...pods].map(([key, pod]) => [publishedName(nodeName, key), pod]));
  const written = ownFiles(directory, nodeName);
  const changed = [...desired].filter(([file, pod]) => !isSame(written.get(file), pod));
  const gone = [...written.keys()].filter(file => !desired.has(file));
  for (const [file, pod] of changed)
    await writeWhole(directory.path, file, stringify(podAddressesObject(pod)));
  for (const file of gone) await rm(join(directory.path, file), { force: true });
  await directory.read([...changed.map(([file]) => file), ...gone]);
}

/** Removes a node's files from a directory that the source no longer reads. `directory`: '' for none. */
export function removePublishedPods(directory: string, nodeName: string): Change[] {
  if (directory === '' || !existsSync(directory)) return [];
  const files = readdirSync(directory).filter(
    file => isPublishedName(file) && nodeOf(join(directory, file)) === nodeName,
  );
  for (const file of files) rmSync(join(directory, file), { force: true });
  return files.length === 0
    ? []
    : [change(directory, `addresses of ${files.length} pods of ${nodeName} removed`)];
}

/** Of a file that this program wrote. */
function nodeOf(path: string): string | undefined {
  try {
    return WRITTEN.parse(parse(readFileSync(path, 'utf8'))).nodeName;
  } catch {
    return undefined;
  }
}

function ownFiles(directory: ManifestDirectory, nodeName: string): ReadonlyMap<string, PodAddresses> {
  const own = new Map<string, PodAddresses>();
  for (const [file, objects] of directory.objects()) {
    if (!isPublishedName(file)) continue;
    for (const { kind, object } of objects)
      if (kind === 'PodAddresses' && object.nodeName === nodeName) own.set(file, object);
  }
  return own;
}

function isSame(written: PodAddresses | undefined, desired: PodAddresses): boolean {
  return written?.uid === desired.uid && written?.addresses.join() === desired.addresses.join();
}

/** For readers that look at any moment. What a kill leaves is replaced when the pod is published again. */
async function writeWhole(directory: string, file: string, text: string): Promise<void> {
  const fresh = join(directory, `.${file}.new`);
  try {
    await writeFile(fresh, text);
    await rename(fresh, join(directory, file));
  } catch (error) {
    await rm(fresh, { force: true }); // of a full disk half of it is there
    throw error;
  }
}

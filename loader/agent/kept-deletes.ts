// Deletes on disk, in the folder beside the daemon's socket (cmd/heddle-cni/spool.h): kept by the plugin while the daemon is
// away, and by the daemon itself where it cannot carry one out yet.
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttachmentKey } from '../model/attachment.ts';

/** As in the plugin: more than the pods of any node. */
const MAX_DELETES = 4_096;
/** The plugin's own check of the key is the specification's. */
const NAME = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,127}):([^\s/:%]{1,15})$/;

/** Where deletes are kept for the daemon of that socket. */
export function deleteSpoolOf(socket: string): string {
  return `${socket}.deletes`;
}

export function deletePath(directory: string, { containerId, ifname }: AttachmentKey): string {
  return join(directory, `${containerId}:${ifname}`);
}

/** The folder for the plugin, and for deletes of the daemon's own. Throws the system's error. */
export function makeDeleteSpool(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/** It is on disk when this returns. Throws when it cannot be kept. */
export function keepDelete(directory: string, key: AttachmentKey): void {
  makeDeleteSpool(directory);
  assertPrivate(directory);
  const path = deletePath(directory, key);
  if (!existsSync(path) && readdirSync(directory).length >= MAX_DELETES)
    throw new Error(`${directory} is full`);
  const { containerId: containerID, ifname } = key;
  const fresh = join(directory, `.${process.pid}`);
  try {
    writeFileSync(fresh, `${JSON.stringify({ containerID, ifname })}\n`, { mode: 0o600 });
    renameSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Names that are no deletes are told in a sentence each. Throws the system's error, or when others can write there. */
export function readDeletes(directory: string): {
  readonly keys: readonly AttachmentKey[];
  readonly problems: readonly string[];
} {
  assertPrivate(directory);
  const names = readdirSync(directory).filter(name => !name.startsWith('.')); // being written
  return {
    keys: names.flatMap(name => keyOf(name) ?? []),
    problems: names
      .filter(name => keyOf(name) === undefined)
      .map(name => `${join(directory, name)} is not a delete of the CNI plugin: remove it`),
  };
}

function keyOf(name: string): AttachmentKey | undefined {
  const [, containerId, ifname] = NAME.exec(name) ?? [];
  return containerId === undefined || ifname === undefined ? undefined : { containerId, ifname };
}

/** Write access to it is enough to cut pods off. */
function assertPrivate(directory: string): void {
  const status = lstatSync(directory);
  if (!status.isDirectory()) throw new Error(`${directory} is not a directory: remove it`);
  if (status.uid !== process.geteuid?.() || (status.mode & 0o022) !== 0)
    throw new Error(`others than root can write to ${directory}: chown 0:0 and chmod 0700 it`);
}

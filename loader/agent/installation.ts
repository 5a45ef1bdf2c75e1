// Where this and earlier configurations have put things on the node. A setting that is changed leaves what it named: the
// next start takes it along or removes it, and cleanup finds it.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import * as z from 'zod';
import { bootId } from '../async/boot-clock.ts';
import type { Config } from '../config.ts';
import { guardStateDir } from '../ipam/attachment-store.ts';
import { formerPinRoots } from '../programs/former-roots.ts';
import { markedStateDir } from '../programs/pin.ts';

const installation = z.object({
  /** Of the boot that wrote it; '' in records of earlier builds. */
  bootId: z.string().default(''),
  /** Inode of the network namespace: paths may be shared by mistake, and another node's things are not taken. */
  netns: z.number(),
  nodeName: z.string(),
  pinRoot: z.string(),
  stateDir: z.string(),
  runDir: z.string(),
  socket: z.string(),
  nftTable: z.string(),
  overlayDevice: z.string(),
  /** The directory of the manifests source; '' for another source. */
  manifests: z.string(),
  /** '' each: not installed. */
  binDir: z.string(),
  confFile: z.string(),
});

/** Settings by which things of the daemon are named. */
export type Installation = Readonly<z.infer<typeof installation>>;

const FILE = 'installation.json';

export function installationOf(config: Config): Installation {
  const { nodeName, pinRoot, stateDir, runDir, socket, nftTable, overlayDevice, source, cni } = config;
  return {
    bootId: bootId(),
    netns: statSync('/proc/self/ns/net').ino,
    ...{ nodeName, pinRoot, stateDir, runDir, socket, nftTable, overlayDevice },
    ...{ manifests: source.kind === 'manifests' ? source.directory : '', ...cni },
  };
}

/**
 * Those that were not removed yet, without `current`, the oldest first. The record is in the state directory, which the
 * pins name, so that either of the two settings may change; where both have, the pins of this network namespace lead to it.
 */
export function formerInstallations(current: Installation): readonly Installation[] {
  const roots = [current.pinRoot, ...formerPinRoots(current.pinRoot)];
  const marked = roots.flatMap(root => markedStateDir(root) ?? []);
  const recorded = [...new Set([...marked, current.stateDir])].flatMap(readInstallations);
  const unrecorded = roots
    .filter(root => root !== current.pinRoot && !recorded.some(({ pinRoot }) => pinRoot === root))
    .map(pinRoot => ({ ...current, pinRoot }));
  const own = recorded.flatMap(one => ofThisBoot(one, current) ?? []);
  return distinct([...unrecorded, ...own]).filter(one => !isDeepStrictEqual(one, current));
}

/** Throws `IO`. */
export function writeInstallations(stateDir: string, installations: readonly Installation[]): void {
  guardStateDir(stateDir, () => write(stateDir, installations));
}

/** Throws the system's error. */
export function removeInstallations(stateDir: string): void {
  for (const file of [freshFile(stateDir), installationFile(stateDir)]) rmSync(file, { force: true });
}

function write(stateDir: string, installations: readonly Installation[]): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const fresh = freshFile(stateDir);
  writeFileSync(fresh, `${JSON.stringify(distinct(installations), undefined, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, installationFile(stateDir));
}

/** A kill may leave it. */
function freshFile(stateDir: string): string {
  return join(stateDir, `.${FILE}`);
}

export function installationFile(stateDir: string): string {
  return join(stateDir, FILE);
}

/** A record that is damaged, or of a build with other fields, is none; so is a file that is absent. */
function readInstallations(stateDir: string): readonly Installation[] {
  try {
    const records = z.array(z.unknown()).parse(JSON.parse(readFileSync(installationFile(stateDir), 'utf8')));
    return records.flatMap(record => installation.safeParse(record).data ?? []);
  } catch {
    return [];
  }
}

/**
 * Undefined: of another node. Another boot may have another inode for the same namespace, and then the node's name counts. A
 * record without a boot may be of either.
 */
function ofThisBoot(record: Installation, current: Installation): Installation | undefined {
  const { bootId, netns, nodeName } = current;
  const isOfThisBoot = record.bootId === bootId || record.bootId === '';
  const isOfAnother = record.bootId !== bootId;
  const isOwn = (isOfThisBoot && record.netns === netns) || (isOfAnother && record.nodeName === nodeName);
  return isOwn ? { ...record, bootId, netns } : undefined;
}

function distinct(installations: readonly Installation[]): readonly Installation[] {
  return installations.filter(
    (one, at) => installations.findIndex(other => isDeepStrictEqual(one, other)) === at,
  );
}

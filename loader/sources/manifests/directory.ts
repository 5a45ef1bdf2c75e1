// A directory of manifests as last read: its files and their objects.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import type { ClusterState } from '../../model/objects.ts';
import type { ClusterObject } from '../objects/cluster-object.ts';
import { Documents } from '../objects/documents.ts';
import { parseManifestFile } from '../objects/manifest-file.ts';
import { mergeManifests, type MergedCluster } from '../objects/merge-manifests.ts';
import { statusOf, textOf, type FileStamp, type FileStatus } from './manifest-text.ts';
import { isPublishedName } from './published-name.ts';

/** Read at a time: a file system that hangs must not hold all of libuv's four threads, which others need, too. */
const PARALLEL_READS = 2;
const MANIFEST_NAME = /^[^.].*\.(ya?ml|json)$/;
/** Of a file that could not be read: it is read again whether it changes or not. */
const NO_STAMP: FileStamp = { text: '', identity: '' };

/** What is read: files whose stamp has changed, those that were named, or a directory whose new files are whole. */
type Reading = 'changed' | 'named' | 'whole';

export interface DirectoryOptions {
  /** File for what broken files said before they broke; absent: a restart forgets it. */
  readonly memory?: string | undefined;
  /** A file that was written in place and has not changed for so long is whole. */
  readonly settleMs: number;
}

export class ManifestDirectory {
  readonly path: string;
  /** By file, what changes whenever it does. */
  readonly #stamps = new Map<string, FileStamp>();
  /** Files that were made or changed in place, as they were last: their writers may not be done. */
  readonly #unsettled = new Map<string, { readonly text: string; readonly sinceMs: number }>();
  readonly #documents: Documents;
  readonly #settleMs: number;
  /** st_dev of the directory whose content is known. */
  #device: number | undefined;
  #problem: string | undefined;

  constructor(path: string, { memory, settleMs }: DirectoryOptions) {
    this.path = path;
    this.#settleMs = settleMs;
    this.#documents = new Documents(memory);
  }

  /** Active objects by file name. */
  objects(): Iterable<readonly [string, readonly ClusterObject[]]> {
    return this.#documents.objects();
  }

  /** Parts equal to `previous` are the same. */
  cluster(previous: ClusterState): MergedCluster {
    const { state, problems } = mergeManifests(this.objects(), previous);
    return { state, problems: [...this.problems(), ...problems] };
  }

  /** Whether the last scan could look at it. */
  get isReadable(): boolean {
    return this.#problem === undefined;
  }

  /** Files to look at again before long, when their writers have most likely finished. */
  get unsettled(): readonly string[] {
    return [...this.#unsettled.keys()];
  }

  problems(): readonly string[] {
    return [...(this.#problem === undefined ? [] : [this.#problem]), ...this.#documents.problems()];
  }

  /**
   * Looks at every file and reads those that have changed. The last content stays while the directory cannot be read, and
   * while it is another one, or empty: a file system that is mounted over it or not mounted yet, a copy under way. A
   * cluster without this node, its pods and its policies is no news to act on. `isReplaced`: it has taken another's place with
   * all its files, which are whole.
   */
  async scan(isReplaced = false): Promise<void> {
    let names: readonly string[];
    try {
      const { dev } = await stat(this.path);
      names = (await readdir(this.path)).filter(isManifestName);
      this.#problem = this.#whyNotTrusted(names, dev);
      if (this.#problem !== undefined) return;
      this.#device = dev;
    } catch (error) {
      this.#problem = `the manifests directory ${this.path} cannot be read, create it or set source.directory, or source.kind where the cluster is not in manifests: ${messageOf(error)}`;
      return;
    }
    const present = new Set(names);
    for (const name of this.#stamps.keys()) if (!present.has(name)) this.#forget(name);
    await this.#readAll(names, isReplaced ? 'whole' : 'changed');
  }

  /**
   * Reads those files, changed or not, and those that have rested: no new file before one that was made earlier. If these are
   * all that is known, they may all be gone: then the scan decides.
   */
  async read(names: Iterable<string>): Promise<void> {
    const changed = new Set([...names, ...this.#unsettled.keys()].filter(isManifestName));
    const isAll = [...this.#stamps.keys()].every(name => changed.has(name));
    if (isAll || this.#problem !== undefined) await this.scan();
    if (this.#problem === undefined) await this.#readAll([...changed], 'named');
  }

  /** Without one the directory has never been a cluster's. */
  #hasNodes(): boolean {
    return [...this.#documents.objects()].some(([, objects]) => objects.some(({ kind }) => kind === 'Node'));
  }

  #whyNotTrusted(names: readonly string[], dev: number): string | undefined {
    const isOther = this.#device !== undefined && dev !== this.#device;
    const known = names.filter(name => this.#stamps.has(name));
    if (!this.#hasNodes() || known.length > 0 || (names.length > 0 && !isOther)) return undefined;
    const what = isOther ? 'is another file system now, without any of its files' : 'is empty now';
    return `the manifests directory ${this.path} ${what}: what its ${this.#stamps.size} files said stays; put them back, or restart heddled if it is meant`;
  }

  async #readAll(names: readonly string[], reading: Reading): Promise<void> {
    const queue = names.values();
    const worker = async (): Promise<void> => {
      for (const name of queue) await this.#readOne(name, reading);
    };
    await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
    this.#documents.save();
  }

  async #readOne(name: string, reading: Reading): Promise<void> {
    const path = join(this.path, name);
    try {
      const status = await statusOf(path); // before reading: a later change has a later stamp
      if (status === undefined) this.#forget(name);
      else if (status.obstacle !== undefined) this.#keep(name, cannotBeRead(path, status.obstacle));
      else if (!this.#isToBeRead(name, status, reading)) return;
      else this.#take(name, status.stamp, await textOf(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#forget(name);
      else this.#keep(name, cannotBeRead(path, messageOf(error)));
    }
  }

  /** A file that is written in place is half of itself for a while: it is read once it has rested. Renamed ones are whole. */
  #isToBeRead(name: string, { stamp, ageMs }: FileStatus, reading: Reading): boolean {
    const known = this.#stamps.get(name);
    if (stamp.text === known?.text) return this.#unsettled.delete(name) || reading === 'named';
    if (known !== undefined && stamp.identity !== known.identity) return true;
    const isWhole = reading === 'whole' || ageMs >= this.#settleMs || isPublishedName(name);
    if (known === undefined && isWhole) return true;
    const before = this.#unsettled.get(name);
    const now = { text: stamp.text, sinceMs: performance.now() };
    if (before?.text === now.text) return now.sinceMs - before.sinceMs >= this.#settleMs;
    this.#unsettled.set(name, now);
    return false;
  }

  /** Without a byte it was truncated, by a shell or an editor that is about to write it: what it said stays. */
  #take(name: string, stamp: FileStamp, text: string): void {
    const path = join(this.path, name);
    if (text === '' && this.#documents.has(name)) {
      this.#keep(name, `${path}: it is empty: what it said before stays, remove it if that is meant`);
      this.#stamps.set(name, { ...NO_STAMP, identity: stamp.identity });
      return;
    }
    const { objects = [], ...reading } = parseManifestFile(path, text);
    this.#documents.put(name, { ...reading, objects });
    this.#stamps.set(name, stamp);
    this.#unsettled.delete(name);
  }

  #keep(name: string, problem: string): void {
    this.#stamps.set(name, NO_STAMP);
    this.#unsettled.delete(name);
    this.#documents.put(name, { objects: [], problems: [problem], isBroken: true });
  }

  #forget(name: string): void {
    this.#stamps.delete(name);
    this.#unsettled.delete(name);
    this.#documents.delete(name);
  }
}

/** Names that begin with a dot are temporary files of atomic writes. */
export function isManifestName(name: string): boolean {
  return MANIFEST_NAME.test(name);
}

function cannotBeRead(path: string, why: string): string {
  return `${path}: cannot be read: ${why}`;
}

// A directory of manifests as last read: its files and their objects.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import type { ClusterState } from '../../model/objects.ts';
import type { ClusterObject } from '../objects/cluster-object.ts';
import { Documents } from '../objects/documents.ts';
import { parseManifestFile } from '../objects/manifest-file.ts';
import { mergeManifests, type MergedCluster } from '../objects/merge-manifests.ts';

/** Read at a time: enough to keep the disk busy, few enough that memory does not depend on the number of files. */
const PARALLEL_READS = 16;
const MANIFEST_NAME = /^[^.].*\.(ya?ml|json)$/;
/** Of a file that could not be read: it is read again whether it changes or not. */
const NO_STAMP = '';

export class ManifestDirectory {
  readonly path: string;
  /** By file, what changes whenever it does. */
  readonly #stamps = new Map<string, string>();
  readonly #documents: Documents;
  /** st_dev of the directory whose content is known. */
  #device: number | undefined;
  #problem: string | undefined;

  /** `memory` is a file for what broken files said before they broke; absent: a restart forgets it. */
  constructor(path: string, memory?: string) {
    this.path = path;
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

  problems(): readonly string[] {
    return [...(this.#problem === undefined ? [] : [this.#problem]), ...this.#documents.problems()];
  }

  /**
   * Looks at every file and reads those that have changed. The last content stays while the directory cannot be read, and
   * while it is another one, or empty: a file system that is mounted over it or not mounted yet, a copy under way. A
   * cluster without this node, its pods and its policies is no news to act on.
   */
  async scan(): Promise<void> {
    let names: readonly string[];
    try {
      const { dev } = await stat(this.path);
      names = (await readdir(this.path)).filter(isManifestName);
      this.#problem = this.#whyNotTrusted(names, dev);
      if (this.#problem !== undefined) return;
      this.#device = dev;
    } catch (error) {
      this.#problem = `the manifests directory ${this.path} cannot be read, create it or set source.directory: ${messageOf(error)}`;
      return;
    }
    const present = new Set(names);
    for (const name of this.#stamps.keys()) if (!present.has(name)) this.#forget(name);
    await this.#readAll(names, false);
  }

  /** Reads those files, changed or not. If these are all that is known, they may all be gone: then the scan decides. */
  async read(names: Iterable<string>): Promise<void> {
    const changed = new Set([...names].filter(isManifestName));
    const isAll = [...this.#stamps.keys()].every(name => changed.has(name));
    if (isAll || this.#problem !== undefined) await this.scan();
    if (this.#problem === undefined) await this.#readAll([...changed], true);
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

  async #readAll(names: readonly string[], isForced: boolean): Promise<void> {
    const queue = names.values();
    const worker = async (): Promise<void> => {
      for (const name of queue) await this.#readOne(name, isForced);
    };
    await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
    this.#documents.save();
  }

  async #readOne(name: string, isForced: boolean): Promise<void> {
    const path = join(this.path, name);
    try {
      const { mtimeMs, ctimeMs, size, ino } = await stat(path); // before reading: a later change has a later stamp
      const stamp = [mtimeMs, ctimeMs, size, ino].join(' ');
      if (!isForced && this.#stamps.get(name) === stamp) return;
      const { objects = [], ...reading } = parseManifestFile(path, await readFile(path, 'utf8'));
      this.#documents.put(name, { ...reading, objects });
      this.#stamps.set(name, stamp);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#forget(name);
      else this.#keep(name, `${path}: cannot be read: ${messageOf(error)}`);
    }
  }

  #keep(name: string, problem: string): void {
    this.#stamps.set(name, NO_STAMP);
    this.#documents.put(name, { objects: [], problems: [problem], isBroken: true });
  }

  #forget(name: string): void {
    this.#stamps.delete(name);
    this.#documents.delete(name);
  }
}

/** Names that begin with a dot are temporary files of atomic writes. */
export function isManifestName(name: string): boolean {
  return MANIFEST_NAME.test(name);
}

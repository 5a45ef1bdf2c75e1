// A directory of manifests as last read: which files there are, and what each one says.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterObject } from './kubernetes-objects.ts';
import { parseManifestFile } from './manifest-file.ts';

/** Read at a time: enough to keep the disk busy, few enough that memory does not depend on the number of files. */
const PARALLEL_READS = 16;
const MANIFEST_NAME = /^[^.].*\.(ya?ml|json)$/;

interface KnownFile {
  /** Changes whenever the file does. */
  readonly stamp: string;
  /** What is in force: of a broken file, what it said before. */
  readonly objects: readonly ClusterObject[];
  readonly problems: readonly string[];
}

export class ManifestDirectory {
  readonly path: string;
  readonly #files = new Map<string, KnownFile>();
  #problem: string | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Objects in force by file name. */
  *objects(): Generator<readonly [string, readonly ClusterObject[]]> {
    for (const [name, { objects }] of this.#files) yield [name, objects];
  }

  /** Whether the last scan could look at it. */
  get isReadable(): boolean {
    return this.#problem === undefined;
  }

  problems(): readonly string[] {
    const own = this.#problem === undefined ? [] : [this.#problem];
    return [...own, ...[...this.#files.values()].flatMap(({ problems }) => problems)];
  }

  /** Looks at every file and reads those that have changed. A directory that cannot be read keeps its last content. */
  async scan(): Promise<void> {
    let names: readonly string[];
    try {
      names = (await readdir(this.path)).filter(isManifestName);
      this.#problem = undefined;
    } catch (error) {
      this.#problem = `the manifests directory ${this.path} cannot be read, create it or set source.directory: ${reasonOf(error)}`;
      return;
    }
    const present = new Set(names);
    for (const name of this.#files.keys()) if (!present.has(name)) this.#files.delete(name);
    await this.#readAll(names, false);
  }

  /** Reads those files, changed or not. */
  async read(names: Iterable<string>): Promise<void> {
    await this.#readAll([...names].filter(isManifestName), true);
  }

  async #readAll(names: readonly string[], isForced: boolean): Promise<void> {
    const queue = names.values();
    const worker = async (): Promise<void> => {
      for (const name of queue) await this.#readOne(name, isForced);
    };
    await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
  }

  async #readOne(name: string, isForced: boolean): Promise<void> {
    const path = join(this.path, name);
    const known = this.#files.get(name);
    try {
      const { mtimeMs, ctimeMs, size, ino } = await stat(path); // before reading: a later change has a later stamp
      const stamp = [mtimeMs, ctimeMs, size, ino].join(' ');
      if (!isForced && known?.stamp === stamp) return;
      const { objects, problems } = parseManifestFile(path, await readFile(path, 'utf8'));
      this.#files.set(name, { stamp, objects: objects ?? known?.objects ?? [], problems });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#files.delete(name);
      else this.#keep(name, `${path}: cannot be read: ${reasonOf(error)}`);
    }
  }

  #keep(name: string, problem: string): void {
    this.#files.set(name, { stamp: '', objects: this.#files.get(name)?.objects ?? [], problems: [problem] });
  }
}

/** Names that begin with a dot are somebody's way to write a file before it is there. */
export function isManifestName(name: string): boolean {
  return MANIFEST_NAME.test(name);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

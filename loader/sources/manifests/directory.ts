// A directory of manifests as last read: which files there are, and what each one says.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withOthers } from '../objects/broken-file.ts';
import type { ClusterObject } from '../objects/kubernetes-objects.ts';
import { readLastGood, writeLastGood, type ObjectsByFile } from './last-good.ts';
import { parseManifestFile } from '../objects/manifest-file.ts';

/** Read at a time: enough to keep the disk busy, few enough that memory does not depend on the number of files. */
const PARALLEL_READS = 16;
const MANIFEST_NAME = /^[^.].*\.(ya?ml|json)$/;

interface KnownFile {
  /** Changes whenever the file does. */
  readonly stamp: string;
  /** What is in force: of a broken file, also what it said before of objects that it does not say now. */
  readonly objects: readonly ClusterObject[];
  readonly problems: readonly string[];
  readonly isBroken: boolean;
}

export class ManifestDirectory {
  readonly path: string;
  readonly #files = new Map<string, KnownFile>();
  readonly #memory: string | undefined;
  /** What broken files said before, as far as it is on disk. */
  #remembered: ObjectsByFile;
  #problem: string | undefined;
  #memoryProblem: string | undefined;

  /** `memory` is a file for what broken files said before they broke; absent: a restart forgets it. */
  constructor(path: string, memory?: string) {
    this.path = path;
    this.#memory = memory;
    this.#remembered = memory === undefined ? new Map() : readLastGood(memory);
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
    const own = [this.#problem, this.#memoryProblem].filter(problem => problem !== undefined);
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
    this.#remember();
  }

  async #readOne(name: string, isForced: boolean): Promise<void> {
    const path = join(this.path, name);
    const known = this.#files.get(name);
    try {
      const { mtimeMs, ctimeMs, size, ino } = await stat(path); // before reading: a later change has a later stamp
      const stamp = [mtimeMs, ctimeMs, size, ino].join(' ');
      if (!isForced && known?.stamp === stamp) return;
      const { objects = [], problems, isBroken } = parseManifestFile(path, await readFile(path, 'utf8'));
      const active = isBroken ? withOthers(objects, this.#lastGood(name)) : objects;
      this.#files.set(name, { stamp, objects: active, problems, isBroken });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#files.delete(name);
      else this.#keep(name, `${path}: cannot be read: ${reasonOf(error)}`);
    }
  }

  #keep(name: string, problem: string): void {
    const objects = this.#lastGood(name);
    this.#files.set(name, { stamp: '', objects, problems: [problem], isBroken: true });
  }

  #lastGood(name: string): readonly ClusterObject[] {
    return this.#files.get(name)?.objects ?? this.#remembered.get(name) ?? [];
  }

  /** Writes only when a file has broken or is whole again. */
  #remember(): void {
    if (this.#memory === undefined) return;
    const broken = [...this.#files].filter(([, { isBroken, objects }]) => isBroken && objects.length > 0);
    const isSame =
      broken.length === this.#remembered.size &&
      broken.every(([name, { objects }]) => this.#remembered.get(name) === objects);
    if (isSame) return;
    const files = new Map(broken.map(([name, { objects }]) => [name, objects]));
    try {
      writeLastGood(this.#memory, files);
      this.#remembered = files;
      this.#memoryProblem = undefined;
    } catch (error) {
      const lost = 'a restart would forget what broken manifests said before';
      this.#memoryProblem = `${this.#memory} cannot be written, ${lost}: ${reasonOf(error)}`;
    }
  }
}

/** Names that begin with a dot are somebody's way to write a file before it is there. */
export function isManifestName(name: string): boolean {
  return MANIFEST_NAME.test(name);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

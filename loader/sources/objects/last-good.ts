// What broken documents said before they broke, kept in a file so that a restart changes nothing.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { messageOf } from '../../errors.ts';
import { podKey, podOfKey, type PodKey } from '../../model/objects.ts';
import { isPolicyRead, type ClusterObject } from './cluster-object.ts';

/** Raised whenever the model's objects change their form: what another form wrote is forgotten. */
const FORM = 3;

/** By the name of the document: a file, a key of etcd, an object of the API. */
export type ObjectsByDocument = ReadonlyMap<string, readonly ClusterObject[]>;

const memory = z.object({
  form: z.literal(FORM),
  files: z.record(z.string(), z.array(z.looseObject({ kind: z.string(), object: z.looseObject({}) }))),
});

type StoredObject = z.infer<typeof memory>['files'][string][number];

export class LastGood {
  readonly #path: string | undefined;
  #kept: ObjectsByDocument;
  #problem: string | undefined;

  /** Without a path nothing outlives the process. */
  constructor(path?: string) {
    this.#path = path;
    this.#kept = path === undefined ? new Map() : readKept(path);
  }

  /** Empty: the document was not broken when the file was written. */
  of(document: string): readonly ClusterObject[] {
    return this.#kept.get(document) ?? [];
  }

  get problems(): readonly string[] {
    return this.#problem === undefined ? [] : [this.#problem];
  }

  /** All documents that are broken now. Writes only when one has broken, has changed or is whole again. */
  keep(broken: ObjectsByDocument): void {
    if (this.#path === undefined || isSame(broken, this.#kept)) return;
    try {
      writeKept(this.#path, broken);
      this.#kept = broken;
      this.#problem = undefined;
    } catch (error) {
      const reason = messageOf(error);
      const lost = 'a restart would forget what broken objects said before';
      this.#problem = `${this.#path} cannot be written, ${lost}: ${reason}`;
    }
  }
}

function isSame(a: ObjectsByDocument, b: ObjectsByDocument): boolean {
  return a.size === b.size && [...a].every(([document, objects]) => b.get(document) === objects);
}

function readKept(path: string): ObjectsByDocument {
  try {
    const { files } = memory.parse(JSON.parse(readFileSync(path, 'utf8')));
    return new Map(Object.entries(files).map(([name, objects]) => [name, objects.map(objectOf)]));
  } catch {
    return new Map(); // none, torn by a power cut, or of another version: the source itself is the truth
  }
}

/** Form 3 says `given` for `raw`, and `key` for namespace and name of PodAddresses. */
function objectOf({ kind, object, given: raw }: StoredObject): ClusterObject {
  const { key, ...others } = object;
  const named = key === undefined ? object : { ...others, ...podOfKey(key as PodKey) };
  return { kind, object: named, ...(raw !== undefined && { raw }) } as unknown as ClusterObject;
}

function storedObject(each: ClusterObject): unknown {
  const { kind, object } = each;
  if (isPolicyRead(each)) return { kind, object, given: each.raw };
  if (kind !== 'PodAddresses') return { kind, object };
  const { namespace, name, ...others } = object;
  return { kind, object: { key: podKey({ namespace, name }), ...others } };
}

/** Whole or not at all; no file when nothing is broken. */
function writeKept(path: string, files: ObjectsByDocument): void {
  if (files.size === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const stored = Object.fromEntries([...files].map(([name, objects]) => [name, objects.map(storedObject)]));
  writeFileSync(`${path}.new`, JSON.stringify({ form: FORM, files: stored }), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/**
 * Policies on disk that were given by hand: one file each, the object as it came.
 *
 * A file comes to be under a name that starts with a dot, is synced and renamed into place, and the folder is synced: a
 * policy whose apply was answered survives a power cut. A second folder, on another file system, has copies: a policy that
 * was lost with its disk would open what it closes.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { HeddleError, messageOf } from '../../errors.ts';
import { policyKey, type Policy, type PolicyKey } from '../../model/policies.ts';
import { rawPolicy } from '../objects/raw-policies.ts';
import { readStoredPolicy } from './read-policy.ts';
import { syncFile } from './sync-file.ts';

export interface StoredPolicies {
  readonly policies: readonly Policy[];
  /** Of them, those whose file was lost or damaged: read from the copy. */
  readonly restored: readonly PolicyKey[];
  /** One sentence for each file that cannot be read; it stays where it is. */
  readonly problems: readonly string[];
}

/** By file name, and problems by path. */
interface PolicyFolder {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly problems: ReadonlyMap<string, string>;
}

const emptyFolder: PolicyFolder = { policies: new Map(), problems: new Map() };

export class PolicyStore {
  readonly #directory: string;
  readonly #copies: string | undefined;

  constructor(directory: string, copies?: string) {
    this.#directory = directory;
    this.#copies = copies;
  }

  /** Makes the folders, and removes what an interrupted write has left. Throws `IO` when it cannot. */
  read(): StoredPolicies {
    const stored = this.#readFolder(this.#directory);
    const copied = this.#readCopies();
    const restored = [...copied.policies].filter(([name]) => !stored.policies.has(name));
    const all = new Map([...stored.policies, ...restored]);
    const isKept = (name: string, policy: Policy): boolean =>
      stored.policies.has(name) && isSame(copied.policies.get(name), policy);
    for (const [name, policy] of all) if (!isKept(name, policy)) this.put(policy);
    const isRestored = new Set(restored.map(([name]) => join(this.#directory, name)));
    return {
      policies: [...all.values()],
      restored: restored.map(([, policy]) => policyKey(policy)),
      problems: [...stored.problems].flatMap(([path, problem]) => (isRestored.has(path) ? [] : [problem])),
    };
  }

  /** On disk when it returns, in place of the policy of the same name. */
  put(policy: Policy): void {
    const name = fileName(policyKey(policy));
    const text = JSON.stringify(rawPolicy(policy));
    this.#guard(() => {
      writeWhole(this.#directory, name, text);
      if (this.#copies !== undefined) writeCopy(this.#copies, name, text);
    });
  }

  /** Whether it is where `put` has put it. */
  has(policy: Policy): boolean {
    return existsSync(join(this.#directory, fileName(policyKey(policy))));
  }

  /** The copy first: one that outlived its original would bring the policy back. */
  delete(key: PolicyKey): void {
    this.#guard(() => {
      if (this.#copies !== undefined) rmSync(join(this.#copies, fileName(key)), { force: true });
      rmSync(join(this.#directory, fileName(key)), { force: true });
      if (existsSync(this.#directory)) syncFile(this.#directory);
    });
  }

  #readCopies(): PolicyFolder {
    try {
      return this.#copies === undefined ? emptyFolder : this.#readFolder(this.#copies);
    } catch {
      return emptyFolder; // they are made anew where they can be
    }
  }

  #readFolder(folder: string): PolicyFolder {
    const policies = new Map<string, Policy>();
    const problems = new Map<string, string>();
    const names = this.#guard(() => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return readdirSync(folder).sort();
    });
    for (const name of names) {
      const path = join(folder, name);
      if (name.startsWith('.')) this.#guard(() => rmSync(path, { recursive: true }));
      else if (name.endsWith('.json'))
        try {
          policies.set(name, readStoredPolicy(JSON.parse(readFileSync(path, 'utf8'))));
        } catch (error) {
          const reason = messageOf(error);
          problems.set(path, `${path} is not active, apply that policy again or remove the file: ${reason}`);
        }
    }
    return { policies, problems };
  }

  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const sentence = `the policies in ${this.#directory} cannot be kept: make it writable, or set stateDir`;
      throw new HeddleError('IO', `${sentence}: ${messageOf(error)}`, { cause: error });
    }
  }
}

function isSame(a: Policy | undefined, b: Policy): boolean {
  return a !== undefined && isDeepStrictEqual(rawPolicy(a), rawPolicy(b));
}

/** Synced before and after it is renamed into place. */
function writeWhole(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fresh = join(folder, `.${name}`);
  writeFileSync(fresh, text, { mode: 0o600 });
  syncFile(fresh);
  renameSync(fresh, join(folder, name));
  syncFile(folder);
}

/** A copy that cannot be written is better absent than older than its original. */
function writeCopy(folder: string, name: string, text: string): void {
  try {
    writeWhole(folder, name, text);
  } catch {
    if (existsSync(join(folder, name))) rmSync(join(folder, name));
  }
}

/** Hashed, since namespace and name together may be longer than a file's. */
function fileName(key: PolicyKey): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`;
}

/** Below the state directory; below the run directory: of the copies. */
export function policyFolder(directory: string): string {
  return join(directory, 'policies');
}

/**
 * Policies on disk that were given by hand: one file each, the object as it came.
 *
 * A file comes to be under a name that starts with a dot, is synced and renamed into place, and the folder is synced: a
 * policy whose apply was answered survives a power cut.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeddleError, messageOf } from '../../errors.ts';
import { policyKey, type Policy, type PolicyKey } from '../../model/policies.ts';
import { rawPolicy } from '../objects/raw-policies.ts';
import { readStoredPolicy } from './read-policy.ts';
import { syncFile } from './sync-file.ts';

export interface StoredPolicies {
  readonly policies: readonly Policy[];
  /** One sentence for each file that cannot be read; it stays where it is. */
  readonly problems: readonly string[];
}

export class PolicyStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder, and removes what an interrupted write has left. Throws `IO` when it cannot. */
  read(): StoredPolicies {
    const policies: Policy[] = [];
    const problems: string[] = [];
    const names = this.#guard(() => {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      return readdirSync(this.#directory).sort();
    });
    for (const name of names) {
      const path = join(this.#directory, name);
      if (name.startsWith('.')) this.#guard(() => rmSync(path));
      else if (name.endsWith('.json'))
        try {
          policies.push(readStoredPolicy(JSON.parse(readFileSync(path, 'utf8'))));
        } catch (error) {
          problems.push(
            `${path} is not in force, apply that policy again or remove the file: ${messageOf(error)}`,
          );
        }
    }
    return { policies, problems };
  }

  /** On disk when it returns, in place of the policy of the same name. */
  put(policy: Policy): void {
    const name = fileName(policyKey(policy));
    const fresh = join(this.#directory, `.${name}`);
    this.#guard(() => {
      writeFileSync(fresh, JSON.stringify(rawPolicy(policy)), { mode: 0o600 });
      syncFile(fresh);
      renameSync(fresh, join(this.#directory, name));
      syncFile(this.#directory);
    });
  }

  delete(key: PolicyKey): void {
    this.#guard(() => {
      rmSync(join(this.#directory, fileName(key)), { force: true });
      syncFile(this.#directory);
    });
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

/** Hashed, since namespace and name together may be longer than a file's. */
function fileName(key: PolicyKey): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`;
}

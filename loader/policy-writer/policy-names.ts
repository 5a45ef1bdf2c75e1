// hd_policy_name: a number for each policy with rules, derived from its name.
import type { PolicyName } from '../abi/abi.gen.ts';
import type { PolicyKind } from '../model/kinds.ts';
import type { PolicyKey } from '../model/policies.ts';
import { policyKindNumber } from '../tables/policy-kind-numbers.ts';
import { StableIds } from '../collections/stable-ids.ts';

const NAMESPACE_BYTES = 64;
const NAME_BYTES = 256;

export class PolicyNames {
  readonly #numbers = new StableIds(1);
  readonly #users = new Map<PolicyKey, number>();

  /** `isFirst`: the name was not in use. */
  acquire(key: PolicyKey): { readonly number: number; readonly isFirst: boolean } {
    const users = this.#users.get(key) ?? 0;
    this.#users.set(key, users + 1);
    return { number: this.#numbers.allocate(key), isFirst: users === 0 };
  }

  /** Returns the number when the last user released it. */
  release(key: PolicyKey): number | undefined {
    const users = (this.#users.get(key) ?? 0) - 1;
    if (users > 0) {
      this.#users.set(key, users);
      return undefined;
    }
    const number = this.#numbers.allocate(key);
    this.#users.delete(key);
    this.#numbers.free(key);
    return number;
  }
}

export function policyNameRow(key: PolicyKey): PolicyName {
  const [kind = '', path = ''] = key.split(' ', 2);
  const slash = path.indexOf('/');
  return {
    kind: policyKindNumber(kind as PolicyKind), // a key begins with its kind
    namespace: textBytes(path.slice(0, Math.max(0, slash)), NAMESPACE_BYTES),
    name: textBytes(path.slice(slash + 1), NAME_BYTES),
  };
}

/** Zero-terminated; longer text is cut. */
function textBytes(text: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(Buffer.from(text).subarray(0, size - 1));
  return bytes;
}

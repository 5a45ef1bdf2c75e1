// Remembers the object that each policy was read from, for whoever wants to see what was given.
import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '../../model/policies.ts';

const given = new WeakMap<Policy, object>();

/** The Kubernetes object as it came; absent for a policy that no source has read. */
export function givenPolicy(policy: Policy): object | undefined {
  return given.get(policy);
}

export function rememberGiven(policy: Policy, object: object): void {
  given.set(policy, object);
}

/** `previous` if it says the same: who compares by reference then sees no change. It counts as given anew. */
export function keptPolicy(previous: Policy | undefined, policy: Policy): Policy {
  if (previous === undefined || previous === policy || !isDeepStrictEqual(previous, policy)) return policy;
  const object = given.get(policy);
  if (object !== undefined) given.set(previous, object);
  return previous;
}

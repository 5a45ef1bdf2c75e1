// Remembers the object that each policy was read from, which the API shows.
import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '../../model/policies.ts';

const rawObjects = new WeakMap<Policy, object>();

/** The Kubernetes object as it came; absent for a policy that no source has read. */
export function rawPolicy(policy: Policy): object | undefined {
  return rawObjects.get(policy);
}

export function rememberRaw(policy: Policy, object: object): void {
  rawObjects.set(policy, object);
}

/** `previous` if both are equal, so that a comparison by reference sees no change. The raw object is the new one. */
export function keptPolicy(previous: Policy | undefined, policy: Policy): Policy {
  if (previous === undefined || previous === policy || !isDeepStrictEqual(previous, policy)) return policy;
  const object = rawObjects.get(policy);
  if (object !== undefined) rawObjects.set(previous, object);
  return previous;
}

// Reads one policy from one Kubernetes object, for whoever has it already parsed.
import { DataplaneError } from '../errors.ts';
import type { Policy } from '../model/policies.ts';
import { rememberGiven } from './given-policies.ts';
import { readObject } from './read-object.ts';

export interface ReadPolicy {
  readonly policy: Policy;
  /** Whole sentences about what of it is not honoured: those rules fail closed. */
  readonly problems: readonly string[];
}

/** Throws `INVALID_REQUEST` with one sentence that names the field. */
export function readPolicy(value: unknown): Policy {
  return readPolicyObject(value).policy;
}

/** As `readPolicy`; `givenPolicy` knows the object from then on. */
export function readPolicyObject(value: unknown): ReadPolicy {
  const read = readObject(value);
  if ('problem' in read) throw new DataplaneError('INVALID_REQUEST', read.problem.sentence);
  const [only, ...others] = read.objects;
  if (others.length > 0 || (only?.kind !== 'NetworkPolicy' && only?.kind !== 'ClusterNetworkPolicy')) {
    const found = only === undefined ? 'nothing' : others.length > 0 ? 'more than that' : `a ${only.kind}`;
    const wanted = 'one NetworkPolicy or ClusterNetworkPolicy';
    throw new DataplaneError('INVALID_REQUEST', `write ${wanted}: there is ${found}`);
  }
  rememberGiven(only.object, only.given);
  return { policy: only.object, problems: read.problems.map(({ sentence }) => sentence) };
}

// Problems of a policy: parts of its object that are not active as written.
import type { Policy } from '../../model/policies.ts';
import { rawPolicy } from '../objects/raw-policies.ts';
import { readObject } from '../objects/read-object.ts';

/** By the object as it came: it is never changed in place. */
const known = new WeakMap<object, readonly string[]>();

/** Whole sentences; none for a policy that no source has read. */
export function problemsOfPolicy(policy: Policy): readonly string[] {
  const raw = rawPolicy(policy);
  if (raw === undefined) return [];
  const before = known.get(raw);
  if (before !== undefined) return before;
  const read = readObject(raw);
  const problems = 'objects' in read ? read.problems.map(({ sentence }) => sentence) : [];
  known.set(raw, problems);
  return problems;
}

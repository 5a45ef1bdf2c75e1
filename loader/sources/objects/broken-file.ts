// What holds of a file, or a key, in which something means nothing: what can be read, and what it said before of others.
import { podKey } from '../../model/objects.ts';
import { policyKey } from '../../model/policies.ts';
import type { ClusterObject } from './kubernetes-objects.ts';

/** `before` itself when nothing can be read, so that whoever compares by reference sees no change. */
export function withOthers(
  now: readonly ClusterObject[],
  before: readonly ClusterObject[],
): readonly ClusterObject[] {
  if (now.length === 0) return before;
  const known = new Set(now.map(identityOf));
  return [...now, ...before.filter(object => !known.has(identityOf(object)))];
}

function identityOf(each: ClusterObject): string {
  switch (each.kind) {
    case 'Node':
    case 'Namespace':
      return `${each.kind} ${each.object.name}`;
    case 'Pod':
      return `Pod ${podKey(each.object)}`;
    case 'PodAddresses':
      return `PodAddresses ${each.object.key}`;
    case 'NetworkPolicy':
    case 'ClusterNetworkPolicy':
      return policyKey(each.object);
  }
}

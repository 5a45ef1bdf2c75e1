// In which rules two effective policies differ: after an edit, of 10,000 policies mostly those of one.
import type { PolicyContent, ReadyRule } from './direction-rules.ts';
import { portsKey, usedNames } from './port-names.ts';

/**
 * Rules that one of them has and the other has not. A peer that none of these matches has the same rule set in both, since the
 * rules that match it are the same in the same order. Undefined where more than that may differ.
 */
export function differingRules(a: PolicyContent, b: PolicyContent): readonly ReadyRule[] | undefined {
  if (a.direction !== b.direction || portsKey(a.ports) !== portsKey(b.ports)) return undefined;
  if (isolationOf(a) !== isolationOf(b)) return undefined;
  const [onlyInA, onlyInB] = [without(a, b), without(b, a)];
  if (onlyInA.kept.join('\n') !== onlyInB.kept.join('\n')) return undefined;
  const rules = [...onlyInA.policies, ...onlyInB.policies].flatMap(policy => policy.rules);
  return rules.some(concernsEveryPeer) ? undefined : rules;
}

/** Port names mean something else at each peer, and what matches every peer is in each rule set. */
function concernsEveryPeer({ isForAnyPeer, ports }: ReadyRule): boolean {
  return isForAnyPeer || usedNames(ports).length > 0;
}

/** What of a policy's rules the other has not, and the content of those that it has, in order. */
function without(
  { policies }: PolicyContent,
  other: PolicyContent,
): Pick<PolicyContent, 'policies'> & { readonly kept: readonly string[] } {
  const others = new Set(other.policies.map(({ content }) => content));
  return {
    policies: policies.filter(({ content }) => !others.has(content)),
    kept: policies.filter(({ content }) => others.has(content)).map(({ content }) => content),
  };
}

/** Denies are told with the first policy that isolates. */
function isolationOf({ policies }: PolicyContent): string | undefined {
  return policies.find(({ isolated }) => isolated)?.isolated?.key;
}

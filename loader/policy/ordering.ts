// The order in which policies are evaluated, and which of them have rules in a direction.
import { policyKey, type Policy, type PolicyDirection } from '../model/policies.ts';

const TIERS: Readonly<Record<Policy['tier'], number>> = { Admin: 0, NetworkPolicy: 1, Baseline: 2 };

/** Tier, then priority, then name. NetworkPolicies have no order; sorting them makes the output deterministic. */
export function comparePolicies(a: Policy, b: Policy): number {
  return TIERS[a.tier] - TIERS[b.tier] || a.priority - b.priority || compareText(policyKey(a), policyKey(b));
}

/** A policy without isolation and without rules has no effect on the pods it selects. */
export function hasRulesFor(policy: Policy, direction: PolicyDirection): boolean {
  return policy.isolates.includes(direction) || policy[direction].length > 0;
}

/** By code units: the same on every node, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

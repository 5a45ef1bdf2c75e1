// Packets that policy denied as a metric, by tier and namespace of the policy whose rule decided.
import { Counter, type Registry } from 'prom-client';
import type { MapSet } from '../abi/map-set.ts';
import { packetsByRule } from '../tables/policy-drops.ts';
import { readPolicyKeys, readRuleName } from '../tables/rule-name.ts';
import { PolicyDropCounts, type PolicyScope, type RuleDrops } from './policy-drop-counts.ts';

export interface PolicyDropOptions {
  /** Undefined before programs are loaded. */
  readonly maps: () => MapSet | undefined;
  /** By 'NetworkPolicy namespace/name' or 'ClusterNetworkPolicy name'; undefined: there is no such policy any more. */
  readonly scopeOf: (policy: string) => PolicyScope | undefined;
}

export function addPolicyDrops(registry: Registry, { maps, scopeOf }: PolicyDropOptions): void {
  const counts = new PolicyDropCounts();
  const counter: Counter<'tier' | 'namespace'> = new Counter({
    name: 'heddle_policy_drops_total',
    help: 'Packets that policy denied, by tier and namespace of the policy; an empty namespace: cluster-wide',
    labelNames: ['tier', 'namespace'],
    registers: [registry],
    collect: () => {
      const set = maps();
      if (set === undefined) return;
      // Each policy of this node before its first drop: rate() does not see the step from absent to 1.
      for (const scope of readPolicyKeys(set.hd_policy_name).map(scopeOf))
        if (scope !== undefined) counter.inc({ ...counts.bounded(scope) }, 0);
      const { drops, finished } = counts.take(readRows(set, scopeOf));
      for (const { scope, packets } of drops) counter.inc({ ...scope }, packets);
      for (const rule of finished) set.hd_policy_drop.delete(rule);
    },
  });
}

function readRows(maps: MapSet, scopeOf: PolicyDropOptions['scopeOf']): RuleDrops[] {
  return Array.from(packetsByRule(maps.hd_policy_drop.entries()), ([rule, packets]) => {
    const name = readRuleName(maps, rule);
    const scope = name?.policy === undefined ? undefined : scopeOf(name.policy);
    return { rule, packets, scope, isGone: name === undefined };
  });
}

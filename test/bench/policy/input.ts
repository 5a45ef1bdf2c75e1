// What the compiler of the measured node is given.
import type { PolicyInput } from '../../../loader/policy/compiled.ts';
import { OWN_NODE, type Cluster } from './cluster.ts';
import { policiesWithRules } from './rules.ts';

export function inputWithRules(cluster: Cluster, rules: number): PolicyInput {
  return { nodeName: OWN_NODE, ...cluster, policies: policiesWithRules(rules) };
}

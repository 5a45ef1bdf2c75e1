// Resolves a rule number through hd_rule and hd_policy_name into policy, direction and position.
import { PolicyDirection, RuleKind, type PolicyName } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { objectKey } from '../model/kinds.ts';
import { policyKindOf } from './policy-kind-numbers.ts';

export interface RuleName {
  readonly kind: 'listed' | 'isolated' | 'default-accept';
  readonly direction: 'egress' | 'ingress';
  /** 'NetworkPolicy namespace/name' or 'ClusterNetworkPolicy name'; absent with `default-accept`. */
  readonly policy?: string;
  /** With `listed`: position in the policy's list, from 0. */
  readonly index?: number;
}

/** Undefined if the number is not in hd_rule: its policy was deleted meanwhile. */
export function readRuleName(
  maps: Pick<MapSet, 'hd_rule' | 'hd_policy_name'>,
  number: number,
): RuleName | undefined {
  const rule = number === 0 ? undefined : maps.hd_rule.get(number);
  if (rule === undefined) return undefined;
  const direction = rule.direction === PolicyDirection.EGRESS ? 'egress' : 'ingress';
  if (rule.kind === RuleKind.DEFAULT_ACCEPT) return { kind: 'default-accept', direction };
  const name = maps.hd_policy_name.get(rule.policyName);
  const policy = name === undefined ? `policy #${rule.policyName}` : policyKeyOf(name);
  if (rule.kind === RuleKind.ISOLATED) return { kind: 'isolated', direction, policy };
  return { kind: 'listed', direction, policy, index: rule.index };
}

/** Counts from 1: the first rule is rule 1. */
export function ruleWords({ kind, direction, policy = '', index = 0 }: RuleName): string {
  switch (kind) {
    case 'default-accept':
      return `no policy has a rule for it, and none isolates the pod's ${direction}`;
    case 'isolated':
      return `${policy} isolates the pod's ${direction}, and no rule admits it`;
    case 'listed':
      return `${policy}, ${direction} rule ${index + 1}`;
  }
}

/** Undefined for 0: no policy selects the pod. A number without a name is shown as it is. */
export function ruleNumberWords(
  maps: Pick<MapSet, 'hd_rule' | 'hd_policy_name'>,
  number: number,
): string | undefined {
  if (number === 0) return undefined;
  const name = readRuleName(maps, number);
  return name === undefined ? `rule #${number}, whose policy was deleted` : ruleWords(name);
}

/** Policies that select a pod of this node, as `RuleName.policy` has them. */
export function readPolicyKeys(map: MapSet['hd_policy_name']): string[] {
  return Array.from(map.entries(), ([, name]) => policyKeyOf(name));
}

function policyKeyOf({ kind, namespace, name }: PolicyName): string {
  const known = policyKindOf(kind);
  const named = { namespace: textOf(namespace), name: textOf(name) };
  return known === undefined ? `policy ${named.name}` : objectKey(known, named);
}

/** Up to the zero byte. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end)).toString();
}

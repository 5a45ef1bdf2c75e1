// hd_rule, hd_policy_name: whose rule a number stands for.
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

/** Undefined when nobody knows it any more: its policy has gone meanwhile. */
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

/** As people count: the first rule is rule 1. */
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

/** `0`: nothing selects the pod. A number that has no name is told as it is. */
export function ruleNumberWords(
  maps: Pick<MapSet, 'hd_rule' | 'hd_policy_name'>,
  number: number,
): string | undefined {
  if (number === 0) return undefined;
  const name = readRuleName(maps, number);
  return name === undefined ? `rule #${number}, whose policy is gone` : ruleWords(name);
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

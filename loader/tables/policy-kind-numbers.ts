// The numbers that kinds of policies have in hd_policy_name, and back.
import { PolicyKind } from '../abi/abi.gen.ts';
import { policyKinds, type PolicyKind as PolicyKindName } from '../model/kinds.ts';

const NUMBERS = {
  NetworkPolicy: PolicyKind.KIND_NETWORK,
  ClusterNetworkPolicy: PolicyKind.KIND_CLUSTER,
} satisfies Record<PolicyKindName, number>;

export function policyKindNumber(kind: PolicyKindName): number {
  return NUMBERS[kind];
}

/** Undefined: this version does not know it. */
export function policyKindOf(number: number): PolicyKindName | undefined {
  return policyKinds.find(kind => NUMBERS[kind] === number);
}

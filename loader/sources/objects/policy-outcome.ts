// What a policy comes to without the part of it that cannot be read, in words: a rule fails closed.
import type { FieldPath } from './partial-read.ts';

/** `cut` is where that part was. */
export function networkPolicyOutcome(cut: FieldPath): string {
  const [, field, , list] = cut;
  if (isRules(field) && list !== undefined) return `this entry of ${list} admits no peer`;
  if (isRules(field)) return `spec.${field} admits no peer by it`;
  if (field === 'policyTypes') return 'it isolates both ways';
  return subjectOutcome(field, 'every pod of the namespace');
}

export function clusterPolicyOutcome([, field]: FieldPath): string {
  if (isRules(field)) return 'the rule fails closed, Accept admits no peer and Deny denies every peer';
  return subjectOutcome(field, 'whatever pod it may mean');
}

function isRules(field: FieldPath[number] | undefined): field is 'ingress' | 'egress' {
  return field === 'ingress' || field === 'egress';
}

function subjectOutcome(field: FieldPath[number] | undefined, everyPod: string): string {
  if (field === 'podSelector' || field === 'subject' || field === undefined)
    return `it holds for ${everyPod}, and admits no peer`;
  return 'it is evaluated first in the Admin tier, and admits no peer';
}

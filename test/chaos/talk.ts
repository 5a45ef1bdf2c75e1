// Who talks to whom in the chaos lab, and which of that its policy admits.
import { writePolicy } from '../support/lab-policy.ts';
import { addressOf, podNamed } from '../support/lab.ts';
import type { Lab, LabPod } from '../../lab/lab.ts';

export interface Talk {
  readonly from: LabPod;
  readonly to: LabPod;
  readonly family: 'ipv4' | 'ipv6';
  readonly isAllowed: boolean;
}

/** Pods of each node: one that asks, one that is guarded, one that may not ask it, one that nobody uses. */
export const PODS_PER_NODE = 4;
const [ASKER, GUARDED, STRANGER, IDLE] = ['p1', 'p2', 'p3', 'p4'] as const;

export function idlePodOf(lab: Lab, node: string): LabPod {
  return podNamed(lab, `${node}-${IDLE}`);
}

/** Of the two that are guarded: only those that ask may talk to them. `extra`: a rule that changes nothing. */
export function guard(lab: Lab, extra: readonly object[] = []): void {
  const named = (pod: string, operator: string) => ({
    matchExpressions: [{ key: 'app', operator, values: [`n1-${pod}`, `n2-${pod}`] }],
  });
  writePolicy(lab, 'guard', {
    podSelector: named(GUARDED, 'In'),
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: named(ASKER, 'In') }] }, ...extra],
  });
}

/** Between nodes and on one node, in both families: what is admitted by policy, what by none, what is denied. */
export function talksOf(lab: Lab): Talk[] {
  const pod = (node: string, name: string): LabPod => podNamed(lab, `${node}-${name}`);
  const pairs = [
    { from: pod('n1', ASKER), to: pod('n2', GUARDED), isAllowed: true },
    { from: pod('n2', ASKER), to: pod('n1', GUARDED), isAllowed: true },
    { from: pod('n1', ASKER), to: pod('n1', GUARDED), isAllowed: true },
    { from: pod('n1', STRANGER), to: pod('n2', ASKER), isAllowed: true },
    { from: pod('n1', STRANGER), to: pod('n2', GUARDED), isAllowed: false },
    { from: pod('n2', STRANGER), to: pod('n1', GUARDED), isAllowed: false },
    { from: pod('n1', STRANGER), to: pod('n1', GUARDED), isAllowed: false },
  ];
  return pairs.flatMap(pair => (['ipv4', 'ipv6'] as const).map(family => ({ ...pair, family })));
}

export function endsOf({ from, to, family }: Talk): { readonly from: string; readonly to: string } {
  return { from: addressOf(from, family), to: addressOf(to, family) };
}

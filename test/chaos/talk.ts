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

/** Pods of each node: one that asks, one that it alone may ask, one that may not, one that traffic does not use, one that
 * nobody may ask (only answers reach it, so that it hears no more of a flow that a node has forgotten), and one that
 * floods: it uses up its share of conntrack. */
export const PODS_PER_NODE = 6;
const [ASKER, GUARDED, OUTSIDER, IDLE, CALLER, FLOODER] = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'] as const;

export function idlePodOf(lab: Lab, node: string): LabPod {
  return podNamed(lab, `${node}-${IDLE}`);
}

export function flooderOf(lab: Lab, node: string): LabPod {
  return podNamed(lab, `${node}-${FLOODER}`);
}

export function callerOf(lab: Lab, node: string): LabPod {
  return podNamed(lab, `${node}-${CALLER}`);
}

/** Once; `guard` may change what it says. */
export function closeCallers(lab: Lab): void {
  writePolicy(lab, 'callers', {
    podSelector: bothNamed(CALLER),
    policyTypes: ['Ingress'],
  });
}

/** Of the two that are guarded: only those that ask may talk to them. `extra`: a rule that changes nothing. */
export function guard(lab: Lab, extra: readonly object[] = []): void {
  writePolicy(lab, 'guard', {
    podSelector: bothNamed(GUARDED),
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: bothNamed(ASKER) }] }, ...extra],
  });
}

function bothNamed(pod: string): object {
  return { matchExpressions: [{ key: 'app', operator: 'In', values: [`n1-${pod}`, `n2-${pod}`] }] };
}

/** Between nodes and on one node, in both families: what is admitted by policy, what by none, what is denied. */
export function talksOf(lab: Lab): Talk[] {
  const pod = (node: string, name: string): LabPod => podNamed(lab, `${node}-${name}`);
  const pairs = [
    { from: pod('n1', ASKER), to: pod('n2', GUARDED), isAllowed: true },
    { from: pod('n2', ASKER), to: pod('n1', GUARDED), isAllowed: true },
    { from: pod('n1', ASKER), to: pod('n1', GUARDED), isAllowed: true },
    { from: pod('n1', OUTSIDER), to: pod('n2', ASKER), isAllowed: true },
    { from: pod('n1', CALLER), to: pod('n2', ASKER), isAllowed: true },
    { from: pod('n2', CALLER), to: pod('n1', ASKER), isAllowed: true },
    { from: pod('n2', CALLER), to: pod('n2', ASKER), isAllowed: true },
    { from: pod('n1', OUTSIDER), to: pod('n2', GUARDED), isAllowed: false },
    { from: pod('n2', OUTSIDER), to: pod('n1', GUARDED), isAllowed: false },
    { from: pod('n1', OUTSIDER), to: pod('n1', GUARDED), isAllowed: false },
    { from: pod('n1', ASKER), to: pod('n2', CALLER), isAllowed: false },
  ];
  return pairs.flatMap(pair => (['ipv4', 'ipv6'] as const).map(family => ({ ...pair, family })));
}

export function endsOf({ from, to, family }: Talk): { readonly from: string; readonly to: string } {
  return { from: addressOf(from, family), to: addressOf(to, family) };
}

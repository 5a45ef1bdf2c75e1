// What policies do to the paths between pods: a NetworkPolicy for each step, and who reaches whom while it is there.
import type { Attempt } from './attempts.ts';
import type { ReachableHost } from './paths.ts';

export interface PolicyStep<Host extends ReachableHost> {
  readonly name: string;
  /** `spec` of a NetworkPolicy; undefined: it is removed. */
  readonly spec: object | undefined;
  readonly attempts: readonly Attempt<Host>[];
}

/** A pod that is selected, and two that ask it. */
export interface PolicyRoles<Host extends ReachableHost> {
  readonly subject: Host;
  readonly friend: Host;
  readonly stranger: Host;
  /** Selects one pod by its labels. */
  readonly selectorOf: (pod: Host) => object;
}

/** Undefined where there are no three pods. The subject has a friend elsewhere if there is another node. */
export function rolesOf<Host extends ReachableHost>(
  pods: readonly Host[],
  selectorOf: (pod: Host) => object,
): PolicyRoles<Host> | undefined {
  const [subject, ...others] = pods;
  const friend = others.find(({ node }) => node !== subject?.node) ?? others[0];
  const stranger = others.find(other => other !== friend);
  if (subject === undefined || friend === undefined || stranger === undefined) return undefined;
  return { subject, friend, stranger, selectorOf };
}

export function policySteps<Host extends ReachableHost>(roles: PolicyRoles<Host>): PolicyStep<Host>[] {
  const { subject, friend, stranger, selectorOf } = roles;
  const podSelector = selectorOf(subject);
  const to = (from: Host, host: Host, isAllowed: boolean): Attempt<Host>[] =>
    host.addresses.flatMap(address =>
      (['tcp', 'udp'] as const).map(protocol => ({
        ...{ from, to: address, protocol },
        ...(!isAllowed && { mustFail: true as const }),
      })),
    );
  return [
    {
      name: 'policy: ingress isolated',
      spec: { podSelector, policyTypes: ['Ingress'] },
      attempts: [
        ...to(friend, subject, false),
        ...to(stranger, subject, false),
        ...to(subject, friend, true),
      ],
    },
    {
      name: 'policy: ingress from one pod',
      spec: {
        ...{ podSelector, policyTypes: ['Ingress'] },
        ingress: [{ from: [{ podSelector: selectorOf(friend) }] }],
      },
      attempts: [...to(friend, subject, true), ...to(stranger, subject, false)],
    },
    {
      name: 'policy: egress to one pod',
      spec: {
        ...{ podSelector, policyTypes: ['Egress'] },
        egress: [{ to: [{ podSelector: selectorOf(friend) }] }],
      },
      attempts: [
        ...to(subject, friend, true),
        ...to(subject, stranger, false),
        ...to(stranger, subject, true),
      ],
    },
    {
      name: 'policy: removed again',
      spec: undefined,
      attempts: [
        ...to(friend, subject, true),
        ...to(stranger, subject, true),
        ...to(subject, stranger, true),
      ],
    },
  ];
}

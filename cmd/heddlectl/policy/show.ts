// The effective policy of one pod: rules by name from the daemon, or the pinned tables without it.
import { EndpointKind, PolicyId, type PodPolicy } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { API } from '../../../loader/api/client.ts';
import type { heddle } from '../../../loader/api/proto.gen.js';
import { activeBank } from '../../../loader/tables/control.ts';
import { colour } from '../output/colour.ts';
import { askDaemonIfAnswering } from '../invocation/ask-daemon.ts';
import { readNames, type Names } from '../tables/names.ts';
import { withMaps } from '../tables/pinned.ts';
import { describeRules, ruleLines, type ShownRule } from './rules.ts';
import { policyTable, tableLines, type TablePeer } from './table.ts';
import { podAddresses } from '../tables/pod-addresses.ts';
import type { Target } from '../invocation/target.ts';

export interface ShownDirection {
  /** `absent`: not written yet, packets are dropped; `open`: no policy selects the pod; `enforced`: by that policy. */
  readonly state: 'absent' | 'open' | 'enforced';
  /** As in hd_pod. */
  readonly policyId: number;
  /** In the order of evaluation; absent without the daemon. */
  readonly rules?: readonly ShownRule[];
  /** Action for packets that no rule matches; absent without the daemon. */
  readonly otherwise?: string;
  /** Rows of hd_policy_peer and hd_rule_set; only without the daemon. */
  readonly table?: readonly TablePeer[];
}

export interface ShownPodPolicy {
  readonly pod: string;
  readonly addresses: readonly string[];
  readonly podId: number;
  readonly egress: ShownDirection;
  readonly ingress: ShownDirection;
  /** Egress towards an address of this node that is no endpoint (bpf/abi/policy.h); only without the daemon. */
  readonly ownNode?: ShownDirection;
}

type Explained = heddle.v1.IExplainPodResponse;

export async function podPolicy(target: Target, pod: string): Promise<ShownPodPolicy> {
  const names = await readNames(target);
  const addresses = podAddresses(names, pod, 'pod');
  const [namespace = '', name = ''] = pod.split('/');
  return withMaps(target, async maps => {
    const podId = podIdOf(maps, pod, addresses);
    const explained = await askDaemonIfAnswering(target, API.policy.explainPod, { namespace, name });
    const view = { maps, names, bank: activeBank(maps.hd_control) };
    const policyIds = maps.hd_pod.get(podId);
    return {
      ...{ pod, addresses, podId },
      egress: shownDirection(view, policyIds?.egress, explained?.egress),
      ingress: shownDirection(view, policyIds?.ingress, explained?.ingress),
      ...(!explained && { ownNode: shownDirection(view, policyIds?.ownNode, undefined) }),
    };
  });
}

function podIdOf(maps: MapSet, pod: string, addresses: readonly string[]): number {
  for (const [{ addr }, { kind, podId }] of maps.hd_endpoint.entries())
    if (kind === EndpointKind.LOCAL_POD && addresses.includes(addr)) return podId;
  throw new Error(
    `pod ${pod} is on another node: run the command there, each node enforces the policies of its own pods`,
  );
}

interface View {
  readonly maps: MapSet;
  readonly names: Names;
  readonly bank: number;
}

function shownDirection(
  { maps, names, bank }: View,
  policyIds: PodPolicy['egress'] | undefined,
  explained: Explained['egress'],
): ShownDirection {
  const policyId = policyIds?.[bank] ?? PolicyId.ABSENT;
  const state = policyId === PolicyId.ABSENT ? 'absent' : policyId === PolicyId.OPEN ? 'open' : 'enforced';
  if (explained)
    return { state, policyId, rules: describeRules(explained), otherwise: explained.otherwise ?? '' };
  return {
    state,
    policyId,
    ...(state === 'enforced' && { table: policyTable(maps, names, bank, policyId) }),
  };
}

export function describePodPolicy(shown: ShownPodPolicy): string[] {
  const { pod, addresses, egress, ingress, ownNode } = shown;
  return [
    `${colour.bold(pod)} ${addresses.join(' ')}`,
    ...directionLines('egress', egress),
    ...directionLines('ingress', ingress),
    ...(ownNode?.state === 'enforced'
      ? directionLines("egress to the node's addresses that are no endpoint", ownNode)
      : []),
  ];
}

function directionLines(direction: string, shown: ShownDirection): string[] {
  const { state, rules, table, otherwise } = shown;
  const head = colour.bold(direction);
  if (state === 'absent') return [`${head}: the policy of this pod is not active yet: packets are dropped`];
  if (state === 'open' && !rules?.length) return [`${head}: no policy selects the pod: all packets pass`];
  if (rules !== undefined) return [head, ...ruleLines(rules), `  ${otherwise ?? ''}`];
  return [head, ...tableLines(table ?? [])];
}

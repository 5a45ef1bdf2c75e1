// What holds for one pod: the tables in force, in the words of the policies' authors while the daemon can tell them.
import { EndpointKind, PolicyId, type PodPolicy } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { API } from '../../../loader/api/client.ts';
import type { heddle } from '../../../loader/api/proto.gen.js';
import { activeBank } from '../../../loader/tables/control.ts';
import { colour } from '../output/colour.ts';
import { askDaemonIfRunning } from '../invocation/ask-daemon.ts';
import { readNames, type Names } from '../tables/names.ts';
import { withMaps } from '../tables/pinned.ts';
import { describeRules, ruleLines, type ShownRule } from './rules.ts';
import { policyTable, tableLines, type TablePeer } from './table.ts';
import { podAddresses } from '../tables/pod-addresses.ts';
import type { Target } from '../invocation/target.ts';

export interface ShownDirection {
  /** `absent`: nothing passes yet; `open`: everything does; `judged`: by the table of that number. */
  readonly state: 'absent' | 'open' | 'judged';
  readonly number: number;
  /** In order of judgement; absent while the daemon is down. */
  readonly rules?: readonly ShownRule[];
  /** What becomes of what no rule matches; absent while the daemon is down. */
  readonly otherwise?: string;
  /** Who may do what, as the datapath has it; only while the daemon is down. */
  readonly table?: readonly TablePeer[];
}

export interface ShownPodPolicy {
  readonly pod: string;
  readonly addresses: readonly string[];
  readonly slot: number;
  readonly egress: ShownDirection;
  readonly ingress: ShownDirection;
}

type Explained = heddle.v1.IExplainPodResponse;

export async function podPolicy(target: Target, pod: string): Promise<ShownPodPolicy> {
  const names = await readNames(target);
  const addresses = podAddresses(names, pod, 'pod');
  const [namespace = '', name = ''] = pod.split('/');
  return withMaps(target, async maps => {
    const slot = slotOf(maps, pod, addresses);
    const explained = await askDaemonIfRunning(target, API.policy.explainPod, { namespace, name });
    const view = { maps, names, version: activeBank(maps.hd_control) };
    const numbers = maps.hd_pod.get(slot);
    return {
      ...{ pod, addresses, slot },
      egress: shownDirection(view, numbers?.egress, explained?.egress),
      ingress: shownDirection(view, numbers?.ingress, explained?.ingress),
    };
  });
}

function slotOf(maps: MapSet, pod: string, addresses: readonly string[]): number {
  for (const [{ addr }, { kind, podSlot }] of maps.hd_endpoint.entries())
    if (kind === EndpointKind.LOCAL_POD && addresses.includes(addr)) return podSlot;
  throw new Error(`pod ${pod} is on another node: ask there, each node judges its own pods`);
}

interface View {
  readonly maps: MapSet;
  readonly names: Names;
  readonly version: number;
}

function shownDirection(
  { maps, names, version }: View,
  numbers: PodPolicy['egress'] | undefined,
  explained: Explained['egress'],
): ShownDirection {
  const number = numbers?.[version] ?? PolicyId.ABSENT;
  const state = number === PolicyId.ABSENT ? 'absent' : number === PolicyId.OPEN ? 'open' : 'judged';
  if (explained)
    return { state, number, rules: describeRules(explained), otherwise: explained.otherwise ?? '' };
  return { state, number, ...(state === 'judged' && { table: policyTable(maps, names, version, number) }) };
}

export function describePodPolicy({ pod, addresses, egress, ingress }: ShownPodPolicy): string[] {
  return [
    `${colour.bold(pod)} ${addresses.join(' ')}`,
    ...directionLines('egress', egress),
    ...directionLines('ingress', ingress),
  ];
}

function directionLines(direction: string, shown: ShownDirection): string[] {
  const { state, rules, table, otherwise } = shown;
  const head = colour.bold(direction);
  if (state === 'absent') return [`${head}: no policy is in force for this pod yet: nothing passes`];
  if (state === 'open' && !rules?.length) return [`${head}: nothing selects it: everything passes`];
  if (rules !== undefined) return [head, ...ruleLines(rules), `  ${otherwise ?? ''}`];
  return [head, ...tableLines(table ?? [])];
}

// Why a packet ended or passed, in the reference evaluator's words: what a drop's event says, and what the entries of
// its flow remember.
import { Verdict, type CtEntry, type Flow } from '../../../loader/abi/abi.gen.ts';
import { HOOK_NAMES, VERDICT_NAMES } from '../../../loader/abi/hook-name.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { readRuleName } from '../../../loader/tables/rule-name.ts';
import { isKeyOrder, reversed } from '../../support/bpf/flow-key.ts';
import type { Drop } from './machine.ts';

type Direction = 'egress' | 'ingress';

/** 'ingress denied by NetworkPolicy x/p isolates ingress', or the verdict where it is not a rule's. */
export function dropText(maps: MapSet, { hook, verdict, rule }: Drop): string {
  if (verdict === Verdict.DROP_POLICY_EGRESS) return `egress denied by ${ruleText(maps, rule, 'egress')}`;
  if (verdict === Verdict.DROP_POLICY_INGRESS) return `ingress denied by ${ruleText(maps, rule, 'ingress')}`;
  return `${HOOK_NAMES[hook] ?? `hook ${hook}`} ${VERDICT_NAMES[verdict] ?? `verdict ${verdict}`}`;
}

/** Which rule has admitted the flow at a node, at one of its ends; undefined if that end was not asked. */
export function admissionText(maps: MapSet, flow: Flow, direction: Direction): string | undefined {
  const inOrder = isKeyOrder(flow);
  const entry = entryOf(maps, inOrder ? flow : reversed(flow));
  if (entry === undefined) return undefined;
  const isSource = (direction === 'egress') === inOrder;
  const generation = isSource ? entry.sourceGeneration : entry.destinationGeneration;
  if (generation === 0) return undefined;
  const rule = isSource ? entry.sourceRule : entry.destinationRule;
  return `${direction} allowed by ${ruleText(maps, rule, direction)}`;
}

/** Rule 0: nothing selects the pod. */
function ruleText(maps: MapSet, number: number, asked: Direction): string {
  if (number === 0) return `default ${asked}`;
  const rule = readRuleName(maps, number);
  if (rule === undefined) return `rule ${number}, which is not in hd_rule`;
  const { kind, direction, policy = '', index } = rule;
  if (kind === 'default-accept') return `default ${direction}`;
  return kind === 'isolated' ? `${policy} isolates ${direction}` : `${policy} ${direction}[${index}]`;
}

function entryOf(maps: MapSet, key: Flow): CtEntry | undefined {
  return maps.hd_ct.get(key) ?? maps.hd_ct_unassured.get(key);
}

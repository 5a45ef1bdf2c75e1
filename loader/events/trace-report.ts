// Describes the steps of a trace.
import { CtFlag, EventStage, PolicyId, verdictTexts, type Event } from '../abi/abi.gen.ts';
import { HOOK_NAMES, VERDICT_NAMES, type HookName, type VerdictName } from '../abi/hook-name.ts';
import type { MapSet } from '../abi/map-set.ts';
import { ruleNumberWords } from '../tables/rule-name.ts';

export type TraceStage = 'conntrack' | 'egress' | 'ingress' | 'verdict';
export type TraceOutcome = 'dropped' | 'delivered' | 'host' | 'forwarded';

export interface TraceStep {
  readonly hook: HookName;
  readonly stage: TraceStage;
  /** VERDICT_NEXT: passed this stage; absent with `conntrack`. */
  readonly verdict?: VerdictName;
  readonly description: string;
  /** The rule that decided. */
  readonly rule?: string;
  /** Only with `egress` and `ingress`: numbers as in the maps. */
  readonly policy?: number;
  readonly identity?: number;
  readonly ruleSet?: number;
}

export interface TraceReport {
  readonly steps: readonly TraceStep[];
  readonly outcome: TraceOutcome;
  /** A sentence or two. */
  readonly conclusion: string;
  /** Number, as in hd_node, of the node where the packet continues. */
  readonly nextNodeId?: number;
  readonly sourcePort: number;
}

export function traceStep(maps: MapSet, event: Event): TraceStep {
  const hook = HOOK_NAMES[event.hook] ?? 'forward';
  switch (event.stage) {
    case EventStage.STAGE_CONNTRACK:
      return { hook, stage: 'conntrack', description: flowWords(event.value) };
    case EventStage.STAGE_EGRESS:
      return { hook, stage: 'egress', ...policyStep(maps, event) };
    case EventStage.STAGE_INGRESS:
      return { hook, stage: 'ingress', ...policyStep(maps, event) };
    default: {
      const verdict = verdictName(event.verdict);
      return { hook, stage: 'verdict', verdict, description: verdictTexts[verdict] };
    }
  }
}

export function verdictName(number: number): VerdictName {
  return VERDICT_NAMES[number] ?? 'VERDICT_NEXT';
}

/** A flow that exists and has seen no reply has no flags either. */
function flowWords(flags: number): string {
  if (flags === 0) return 'no known flow: evaluated as a new one';
  const names = Object.entries(CtFlag).filter(([, bit]) => (flags & bit) !== 0);
  const words = names.map(([name]) => name.toLowerCase().replaceAll('_', ' '));
  return `belongs to a known flow: ${words.join(', ')}`;
}

function policyStep(maps: MapSet, event: Event): Omit<TraceStep, 'hook' | 'stage'> {
  const { policy, identity, ruleSet } = event;
  const verdict = verdictName(event.verdict);
  const numbers = { verdict, policy, identity, ruleSet };
  if (policy === PolicyId.ABSENT)
    return { ...numbers, description: 'the policy of the pod is not active yet' };
  if (policy === PolicyId.OPEN)
    return { ...numbers, description: 'no policy selects the pod: everything passes' };
  const rule = ruleNumberWords(maps, event.rule);
  const word = verdict === 'VERDICT_NEXT' ? 'admitted' : 'denied';
  return { ...numbers, description: rule === undefined ? word : `${word}: ${rule}`, ...(rule && { rule }) };
}

// What the last verdict of a trace comes to.
import type { Addr } from 'ip';
import { EndpointKind, RouteKind, verdictTexts, type Endpoint, type Route } from '../abi/abi.gen.ts';
import type { VerdictName } from '../abi/hook-name.ts';
import type { TraceReport, TraceStep } from './trace-report.ts';

interface Walked {
  readonly session: { readonly steps: readonly TraceStep[] };
  readonly packet: { readonly destination: Addr };
  readonly destination: Endpoint | undefined;
  readonly route: Route | undefined;
  readonly isOwnAddress: boolean;
}

type Conclusion = Pick<TraceReport, 'outcome' | 'conclusion' | 'nextNodeId'>;

/** In this node's pod CIDR, and nobody's: its stack answers before netfilter forwards anything. */
export function isDeadHere({ destination, isOwnAddress, route }: DeadEnd): boolean {
  return destination === undefined && !isOwnAddress && route?.kind === RouteKind.LOCAL;
}

type DeadEnd = Pick<Walked, 'destination' | 'isOwnAddress' | 'route'>;

export function conclusionOf(walked: Walked, verdict: VerdictName): Conclusion {
  if (verdict.startsWith('DROP_')) return dropped(walked, verdict);
  if (isDeadHere(walked)) return dead(walked);
  switch (walked.destination?.kind) {
    case EndpointKind.LOCAL_POD:
      return { outcome: 'delivered', conclusion: `delivered to the pod${unlessNetfilter(verdict)}` };
    default:
      return walked.isOwnAddress
        ? { outcome: 'host', conclusion: `goes to this node itself${unlessTranslated(walked)}` }
        : leaves(walked, verdict);
  }
}

function dropped(walked: Walked, verdict: VerdictName): Conclusion {
  const { session } = walked;
  const { rule } =
    session.steps.filter(step => step.verdict === verdict).find(step => step.rule !== undefined) ?? {};
  const why = rule === undefined ? '' : `: ${rule}`;
  const unless = unlessTranslated(walked);
  return { outcome: 'dropped', conclusion: `dropped, ${verdict}: ${verdictTexts[verdict]}${why}${unless}` };
}

function dead({ packet }: Walked): Conclusion {
  const answer = "this node's stack answers 'host unreachable', whatever policy says";
  return { outcome: 'host', conclusion: `no pod of this node has ${packet.destination}: ${answer}` };
}

function leaves({ packet, destination, route }: Walked, verdict: VerdictName): Conclusion {
  if (route === undefined || route.kind === RouteKind.LOCAL) {
    const text = "leaves through the host's stack, where netfilter may translate and refuse it";
    const service = "a Service's address is translated there: trace to the pod behind it";
    return { outcome: 'leaves', conclusion: `${text}; ${service}` };
  }
  const text =
    destination === undefined
      ? `leaves for another node, in whose pod CIDR ${packet.destination} is: no pod that is known here has it`
      : 'leaves for another node, which judges what its pod may receive';
  return {
    outcome: 'leaves',
    conclusion: `${text}${unlessNetfilter(verdict)}`,
    nextNodeId: route.nodeId,
  };
}

/** Judged by a hook behind DNAT, which a trace cannot know: as if netfilter left the destination as it is. */
function unlessTranslated({ session, destination }: Walked): string {
  const isBehindNat = session.steps.some(({ hook }) => hook === 'forward' || hook === 'input');
  if (!isBehindNat || destination !== undefined) return '';
  return "; a Service's address is translated before that: trace to the pod behind it";
}

/** Programs that leave it to the stack say nothing of what others' rules there do. */
function unlessNetfilter(verdict: VerdictName): string {
  return verdict.startsWith('PASS_') ? ", if netfilter's rules let it" : '';
}

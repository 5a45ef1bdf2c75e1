// Derives a trace's outcome from its last verdict.
import type { Addr } from 'ip';
import { EndpointKind, RouteKind, verdictTexts, type Endpoint, type Route } from '../abi/abi.gen.ts';
import type { VerdictName } from '../abi/hook-name.ts';
import type { TraceReport, TraceStep } from './trace-report.ts';
import { isDrop } from '../abi/drop-verdicts.ts';

interface FinishedWalk {
  readonly session: { readonly steps: readonly TraceStep[] };
  readonly packet: { readonly destination: Addr };
  readonly destination: Endpoint | undefined;
  readonly route: Route | undefined;
  readonly isOwnAddress: boolean;
}

type Conclusion = Pick<TraceReport, 'outcome' | 'conclusion' | 'nextNodeId'>;

/** An address of this node's pod CIDR that no pod has: its unreachable route answers before netfilter's FORWARD. */
export function isUnassignedHere({ destination, isOwnAddress, route }: DestinationLookup): boolean {
  return destination === undefined && !isOwnAddress && route?.kind === RouteKind.LOCAL;
}

type DestinationLookup = Pick<FinishedWalk, 'destination' | 'isOwnAddress' | 'route'>;

export function conclusionOf(walked: FinishedWalk, verdict: VerdictName): Conclusion {
  if (isDrop(verdict)) return dropped(walked, verdict);
  if (isUnassignedHere(walked)) return unassigned(walked);
  switch (walked.destination?.kind) {
    case EndpointKind.LOCAL_POD:
      return { outcome: 'delivered', conclusion: `delivered to the pod${netfilterNote(verdict)}` };
    default:
      return walked.isOwnAddress
        ? { outcome: 'host', conclusion: `goes to this node itself${translationNote(walked)}` }
        : leavesNode(walked, verdict);
  }
}

function dropped(walked: FinishedWalk, verdict: VerdictName): Conclusion {
  const { session } = walked;
  const { rule } =
    session.steps.filter(step => step.verdict === verdict).find(step => step.rule !== undefined) ?? {};
  const why = rule === undefined ? '' : `: ${rule}`;
  const unless = translationNote(walked);
  return { outcome: 'dropped', conclusion: `dropped, ${verdict}: ${verdictTexts[verdict]}${why}${unless}` };
}

function unassigned({ packet }: FinishedWalk): Conclusion {
  const answer = "this node's stack answers 'host unreachable', whatever policy says";
  return { outcome: 'host', conclusion: `no pod of this node has ${packet.destination}: ${answer}` };
}

function leavesNode({ packet, destination, route }: FinishedWalk, verdict: VerdictName): Conclusion {
  if (route === undefined || route.kind === RouteKind.LOCAL) {
    const text = "leaves through the host's stack, where netfilter may translate and refuse it";
    const service = "a Service's address is translated there: trace to the pod behind it";
    return { outcome: 'forwarded', conclusion: `${text}; ${service}` };
  }
  const text =
    destination === undefined
      ? `leaves for another node, in whose pod CIDR ${packet.destination} is: no pod that is known here has it`
      : 'leaves for another node, which applies the ingress policy of its pod';
  return {
    outcome: 'forwarded',
    conclusion: `${text}${netfilterNote(verdict)}`,
    nextNodeId: route.nodeId,
  };
}

/** The hook runs after DNAT, which a trace does not do: the verdict holds if netfilter keeps the destination. */
function translationNote({ session, destination }: FinishedWalk): string {
  const isBehindNat = session.steps.some(({ hook }) => hook === 'forward' || hook === 'input');
  if (!isBehindNat || destination !== undefined) return '';
  return "; a Service's address is translated before that: trace to the pod behind it";
}

/** After a PASS verdict the host's stack continues, where other software's rules apply. */
function netfilterNote(verdict: VerdictName): string {
  return verdict.startsWith('PASS_') ? ", if netfilter's rules let it" : '';
}

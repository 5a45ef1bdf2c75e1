// Converts events and traces to messages of heddle.v1, and parses their requests.
import { type Addr, tryParseAddr } from 'ip';
import type { QueuedEvent } from '../events/event-queue.ts';
import type { HistoryBounds } from '../events/flow-history.ts';
import type { TraceProtocol } from '../events/trace-packet.ts';
import type { TraceRequest } from '../events/trace.ts';
import type { TraceReport, TraceStep } from '../events/trace-report.ts';
import { heddle } from './proto.gen.js';
import { RequestError } from './request-error.ts';

const { PacketEventKind, TraceOutcome, TraceStage } = heddle.v1;

const OUTCOME = {
  dropped: TraceOutcome.TRACE_OUTCOME_DROPPED,
  delivered: TraceOutcome.TRACE_OUTCOME_DELIVERED,
  host: TraceOutcome.TRACE_OUTCOME_HOST,
  forwarded: TraceOutcome.TRACE_OUTCOME_FORWARDED,
} as const;
const STAGE = {
  conntrack: TraceStage.TRACE_STAGE_CONNTRACK,
  egress: TraceStage.TRACE_STAGE_EGRESS,
  ingress: TraceStage.TRACE_STAGE_INGRESS,
  verdict: TraceStage.TRACE_STAGE_VERDICT,
} as const;
const PROTOCOLS: readonly TraceProtocol[] = ['tcp', 'udp', 'sctp', 'icmp'];
const MAX_PORT = 65_535;

export function eventMessage({ event, lost }: QueuedEvent): heddle.v1.IPacketEvent {
  const { kind, verdict = '', device = '', rule = '', ...rest } = event;
  const isDrop = kind === 'drop';
  const number = isDrop ? PacketEventKind.PACKET_EVENT_KIND_DROP : PacketEventKind.PACKET_EVENT_KIND_FLOW;
  return { ...rest, kind: number, verdict, device, rule, lost };
}

/** 0 stands for nothing kept. */
export function boundsMessage({ oldestMs = 0, ...rest }: HistoryBounds): heddle.v1.IHistoryBounds {
  return { oldestMs, ...rest };
}

export function traceRequest(request: heddle.v1.TraceRequest): TraceRequest {
  const protocol = PROTOCOLS.find(each => each === request.protocol);
  if (protocol === undefined)
    throw new RequestError(
      'INVALID_ARGUMENT',
      `protocol: '${request.protocol}' is not one of ${PROTOCOLS.join(', ')}`,
    );
  return {
    source: requiredAddress('source', request.source),
    destination: requiredAddress('destination', request.destination),
    protocol,
    port: protocol === 'icmp' ? 0 : checkedPort('port', request.port, 1),
    ...(request.sourcePort !== 0 && { sourcePort: checkedPort('source_port', request.sourcePort, 1) }),
  };
}

export function traceMessage(
  { steps, outcome, conclusion, nextNodeId, sourcePort }: TraceReport,
  nodeName: (id: number) => string | undefined,
): heddle.v1.ITraceResponse {
  const nextNode = nextNodeId === undefined ? '' : (nodeName(nextNodeId) ?? `#${nextNodeId}`);
  return { steps: steps.map(stepMessage), outcome: OUTCOME[outcome], conclusion, nextNode, sourcePort };
}

function stepMessage(step: TraceStep): heddle.v1.ITraceStep {
  const { hook, stage, description, verdict = '', rule = '', policy = 0, identity = 0, ruleSet = 0 } = step;
  return { hook, stage: STAGE[stage], verdict, description, rule, policy, identity, ruleSet };
}

export function checkedPort(field: string, port: number, lowest: number): number {
  if (port >= lowest && port <= MAX_PORT) return port;
  throw new RequestError(
    'INVALID_ARGUMENT',
    `${field}: ${port} is not a port: write ${lowest} to ${MAX_PORT}`,
  );
}

export function requiredAddress(field: string, text: string): Addr {
  const address = tryParseAddr(text);
  if (address !== undefined) return address;
  throw new RequestError('INVALID_ARGUMENT', `${field}: '${text}' is not an IP address`);
}

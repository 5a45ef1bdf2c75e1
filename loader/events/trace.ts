// What would become of a packet: the programs that it would meet on this node, in order, with the maps in force.
import { randomInt } from 'node:crypto';
import { lookupRoute, openSocket } from 'rtnetlink';
import { EndpointKind, type Endpoint, type Route } from '../abi/abi.gen.ts';
import type { VerdictName } from '../abi/hook-name.ts';
import { HeddleError } from '../errors.ts';
import { hostCidr } from '../model/cidr.ts';
import { routeKey } from '../tables/route-key.ts';
import { isIpv4 } from '../model/addr.ts';
import type { EventHub } from './event-hub.ts';
import { conclusionOf, isDeadHere } from './trace-conclusion.ts';
import { podFrame, arrivingFrame, hostFrame, type TraceDevices } from './trace-frame.ts';
import { tracedIpPacket, type TracedPacket } from './trace-packet.ts';
import type { TraceReport } from './trace-report.ts';
import { withTraceSession, type TracePlace, type TraceSession } from './trace-run.ts';

export type TraceRequest = Omit<TracedPacket, 'nonce' | 'sourcePort'> & {
  /** Absent: one that hardly any flow of these ends has. */
  readonly sourcePort?: number | undefined;
};

export interface TraceNode extends TracePlace {
  /** VXLAN network identifier. */
  readonly segment: number;
  readonly devices: TraceDevices;
}

/** Both ends, as this node knows them; undefined: outside the cluster. */
export interface TraceEnds {
  readonly source: Endpoint | undefined;
  readonly destination: Endpoint | undefined;
}

export interface TraceWalk extends TraceEnds {
  readonly session: TraceSession;
  readonly node: TraceNode;
  readonly packet: TracedPacket;
  readonly ip: Buffer;
  /** The destination is this node itself, as far as netfilter does not change it. */
  readonly isOwnAddress: boolean;
  /** Which node has the destination in its pod CIDR; undefined: none. */
  readonly route: Route | undefined;
}

/** INVALID_REQUEST for ends that do not fit, NOT_READY when nothing is loaded. */
export function trace(hub: EventHub, node: TraceNode, request: TraceRequest): TraceReport {
  if (isIpv4(request.source) !== isIpv4(request.destination))
    throw invalid(`${request.source} and ${request.destination} are of two families: name two of one`);
  const { sourcePort = randomInt(32_768, 61_000) } = request;
  return withTraceSession(hub, node, session => {
    const packet = { ...request, sourcePort, nonce: session.nonce };
    const ends = endsOf(session, node, packet);
    const isOwn = ends.destination?.kind === EndpointKind.LOCAL_HOST || isOwnAddress(node, packet);
    const route = session.maps.hd_route.get(routeKey(node.segment, hostCidr(packet.destination)));
    const walk = { session, node, packet, ip: tracedIpPacket(packet), ...ends, isOwnAddress: isOwn, route };
    const verdict = walkThrough(walk);
    return { steps: session.steps, ...conclusionOf(walk, verdict), sourcePort };
  });
}

function endsOf(
  { maps }: TraceSession,
  { segment }: TraceNode,
  { source, destination }: TracedPacket,
): TraceEnds {
  return {
    source: maps.hd_endpoint.get({ segment, addr: source }),
    destination: maps.hd_endpoint.get({ segment, addr: destination }),
  };
}

/** The last verdict. */
function walkThrough(walk: TraceWalk): VerdictName {
  const { source, destination } = walk;
  if (source?.kind === EndpointKind.LOCAL_POD) return fromPod(walk, source);
  if (source?.kind === EndpointKind.LOCAL_HOST) return fromHost(walk);
  const isHere =
    destination?.kind === EndpointKind.LOCAL_POD || destination?.kind === EndpointKind.LOCAL_HOST;
  if (isHere || isDeadHere(walk)) return fromElsewhere(walk);
  const where = 'ask on the node of one of them';
  throw invalid(`neither ${walk.packet.source} nor ${walk.packet.destination} is on this node: ${where}`);
}

function fromPod(walk: TraceWalk, source: Endpoint): VerdictName {
  const { session, node, ip } = walk;
  const verdict = must('pod_tx', session.run({ hook: 'pod_tx', ...podFrame(node, source, ip) }));
  if (!isPassed(verdict) || isDeadHere(walk)) return verdict;
  return walk.isOwnAddress ? intoStack(walk, verdict) : throughStack(walk, verdict, source.ifindex);
}

/** What this node itself takes in; before Linux 6.4 there is no input hook, and pod_tx has judged in its place. */
function intoStack(walk: TraceWalk, before: VerdictName): VerdictName {
  const frame = podOrHostFrame(walk);
  return walk.session.run({ hook: 'input', frame, isV4: isIpv4(walk.packet.source) }) ?? before;
}

/** An address of this node, whatever device has it; the kernel's own table knows also those that Heddle does not. */
function isOwnAddress({ netns }: TraceNode, { destination }: TracedPacket): boolean {
  using socket = openSocket({ netns });
  return lookupRoute(socket, destination)?.type === 'local';
}

/** Only what goes to a pod here meets a program that has something to say. */
function fromHost({ session, node, ip, packet, destination }: TraceWalk): VerdictName {
  if (destination?.kind !== EndpointKind.LOCAL_POD)
    throw invalid(`${packet.source} is this node itself: policies here judge only what comes to its pods`);
  return must('pod_rx', session.run({ hook: 'pod_rx', ...hostFrame(node, destination, ip) }));
}

function fromElsewhere(walk: TraceWalk): VerdictName {
  const { session, node, ip, packet, destination } = walk;
  const route = session.maps.hd_route.get(routeKey(node.segment, hostCidr(packet.source)));
  const frame = arrivingFrame({ node, maps: session.maps, route, ip });
  const verdict = must('uplink_rx', session.run({ hook: 'uplink_rx', ...frame }));
  return isPassed(verdict) && destination?.kind === EndpointKind.LOCAL_POD
    ? throughStack(walk, verdict, frame.ifindex)
    : verdict;
}

/** What the host's stack forwards; before Linux 6.4 there is no forward hook, and pod_rx judges in its place. */
function throughStack(walk: TraceWalk, before: VerdictName, ingressIfindex: number): VerdictName {
  const { session, node, ip, packet, destination } = walk;
  const isV4 = isIpv4(packet.source);
  const frame = podOrHostFrame(walk);
  const verdict = session.run({ hook: 'forward', frame, isV4 });
  if (verdict !== undefined) return verdict;
  if (destination?.kind !== EndpointKind.LOCAL_POD) return before;
  return must('pod_rx', session.run({ hook: 'pod_rx', ...hostFrame(node, destination, ip), ingressIfindex }));
}

/** Netfilter reads no Ethernet header, but a test run wants one. */
function podOrHostFrame({ node, ip, destination, source }: TraceWalk): Buffer {
  const end = destination?.kind === EndpointKind.LOCAL_POD ? destination : source;
  return hostFrame(node, end, ip).frame;
}

function isPassed(verdict: VerdictName): boolean {
  return verdict.startsWith('PASS_');
}

function must(hook: string, verdict: VerdictName | undefined): VerdictName {
  if (verdict !== undefined) return verdict;
  throw new HeddleError('NOT_READY', `${hook} is not loaded: heddled has not finished starting`);
}

function invalid(sentence: string): HeddleError {
  return new HeddleError('INVALID_REQUEST', sentence);
}

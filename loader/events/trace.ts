// Traces a packet that is not sent: runs the programs that it would meet on this node, in order, on the live maps.
import { randomInt } from 'node:crypto';
import { hostCidr, isIpv4 } from 'ip';
import { lookupRoute, openSocket } from 'rtnetlink';
import { EndpointKind, type Endpoint, type Route } from '../abi/abi.gen.ts';
import type { VerdictName } from '../abi/hook-name.ts';
import { HeddleError } from '../errors.ts';
import { routeKey } from '../tables/route-key.ts';
import type { EventHub } from './event-hub.ts';
import { conclusionOf, isUnassignedHere } from './trace-conclusion.ts';
import { podFrame, arrivingFrame, hostFrame, type TraceDevices } from './trace-frame.ts';
import { tracedIpPacket, type TracedPacket } from './trace-packet.ts';
import type { TraceReport } from './trace-report.ts';
import { withTraceSession, type TracePlace, type TraceSession } from './trace-run.ts';

export type TraceRequest = Omit<TracedPacket, 'nonce' | 'sourcePort'> & {
  /** Absent: a random ephemeral port. */
  readonly sourcePort?: number | undefined;
};

export interface TraceNode extends TracePlace {
  /** VXLAN network identifier. */
  readonly vni: number;
  readonly devices: TraceDevices;
}

/** hd_endpoint's rows of both addresses; undefined: outside of the cluster. */
export interface TraceEnds {
  readonly source: Endpoint | undefined;
  readonly destination: Endpoint | undefined;
}

export interface TraceWalk extends TraceEnds {
  readonly session: TraceSession;
  readonly node: TraceNode;
  readonly packet: TracedPacket;
  readonly ip: Buffer;
  /** The destination is an address of this node, unless netfilter translates it. */
  readonly isOwnAddress: boolean;
  /** Route of the pod CIDR that contains the destination; undefined: none does. */
  readonly route: Route | undefined;
}

/** Throws INVALID_REQUEST for addresses that cannot be traced here, NOT_READY if the programs are not loaded. */
export function trace(hub: EventHub, node: TraceNode, request: TraceRequest): TraceReport {
  if (isIpv4(request.source) !== isIpv4(request.destination))
    throw invalid(
      `${request.source} and ${request.destination} are of different families: give two addresses of one family`,
    );
  const { sourcePort = randomInt(32_768, 61_000) } = request;
  return withTraceSession(hub, node, session => {
    const packet = { ...request, sourcePort, nonce: session.nonce };
    const ends = endsOf(session, node, packet);
    const isOwn = ends.destination?.kind === EndpointKind.LOCAL_HOST || isOwnAddress(node, packet);
    const route = session.maps.hd_route.get(routeKey(node.vni, hostCidr(packet.destination)));
    const walk = { session, node, packet, ip: tracedIpPacket(packet), ...ends, isOwnAddress: isOwn, route };
    const verdict = walkThrough(walk);
    return { steps: session.steps, ...conclusionOf(walk, verdict), sourcePort };
  });
}

function endsOf(
  { maps }: TraceSession,
  { vni }: TraceNode,
  { source, destination }: TracedPacket,
): TraceEnds {
  return {
    source: maps.hd_endpoint.get({ vni, addr: source }),
    destination: maps.hd_endpoint.get({ vni, addr: destination }),
  };
}

/** Returns the last verdict. */
function walkThrough(walk: TraceWalk): VerdictName {
  const { source, destination } = walk;
  if (source?.kind === EndpointKind.LOCAL_POD) return fromPod(walk, source);
  if (source?.kind === EndpointKind.LOCAL_HOST) return fromHost(walk);
  const isHere =
    destination?.kind === EndpointKind.LOCAL_POD || destination?.kind === EndpointKind.LOCAL_HOST;
  if (isHere || isUnassignedHere(walk)) return fromUplink(walk);
  const where = 'trace on the node of one of them';
  throw invalid(`neither ${walk.packet.source} nor ${walk.packet.destination} is on this node: ${where}`);
}

function fromPod(walk: TraceWalk, source: Endpoint): VerdictName {
  const { session, node, ip } = walk;
  const verdict = required('pod_tx', session.run({ hook: 'pod_tx', ...podFrame(node, source, ip) }));
  if (!isPassed(verdict) || isUnassignedHere(walk)) return verdict;
  return walk.isOwnAddress ? intoStack(walk, verdict) : throughStack(walk, verdict, source.ifindex);
}

/** Delivery to this node. Before Linux 6.4 there is no input hook; pod_tx has applied policy instead. */
function intoStack(walk: TraceWalk, before: VerdictName): VerdictName {
  const frame = podOrHostFrame(walk);
  return walk.session.run({ hook: 'input', frame, isV4: isIpv4(walk.packet.source) }) ?? before;
}

/** Asks the kernel's local table, which also has addresses that hd_endpoint does not. */
function isOwnAddress({ netns }: TraceNode, { destination }: TracedPacket): boolean {
  using socket = openSocket({ netns });
  return lookupRoute(socket, destination)?.type === 'local';
}

/** Only packets to a local pod meet a program: pod_rx. */
function fromHost({ session, node, ip, packet, destination }: TraceWalk): VerdictName {
  if (destination?.kind !== EndpointKind.LOCAL_POD)
    throw invalid(
      `${packet.source} is this node itself: its own packets meet policy only on the way to its pods`,
    );
  return required('pod_rx', session.run({ hook: 'pod_rx', ...hostFrame(node, destination, ip) }));
}

function fromUplink(walk: TraceWalk): VerdictName {
  const { session, node, ip, packet, destination } = walk;
  const route = session.maps.hd_route.get(routeKey(node.vni, hostCidr(packet.source)));
  const frame = arrivingFrame({ node, maps: session.maps, route, ip });
  const verdict = required('uplink_rx', session.run({ hook: 'uplink_rx', ...frame }));
  return isPassed(verdict) && destination?.kind === EndpointKind.LOCAL_POD
    ? throughStack(walk, verdict, frame.ifindex)
    : verdict;
}

/** Forwarding by the host's stack. Before Linux 6.4 there is no forward hook; pod_rx applies policy instead. */
function throughStack(walk: TraceWalk, before: VerdictName, ingressIfindex: number): VerdictName {
  const { session, node, ip, packet, destination } = walk;
  const isV4 = isIpv4(packet.source);
  const frame = podOrHostFrame(walk);
  const verdict = session.run({ hook: 'forward', frame, isV4 });
  if (verdict !== undefined) return verdict;
  if (destination?.kind !== EndpointKind.LOCAL_POD) return before;
  return required(
    'pod_rx',
    session.run({ hook: 'pod_rx', ...hostFrame(node, destination, ip), ingressIfindex }),
  );
}

/** Netfilter programs read no Ethernet header, but a test run requires one. */
function podOrHostFrame({ node, ip, destination, source }: TraceWalk): Buffer {
  const end = destination?.kind === EndpointKind.LOCAL_POD ? destination : source;
  return hostFrame(node, end, ip).frame;
}

function isPassed(verdict: VerdictName): boolean {
  return verdict.startsWith('PASS_');
}

function required(hook: string, verdict: VerdictName | undefined): VerdictName {
  if (verdict !== undefined) return verdict;
  throw new HeddleError('NOT_READY', `${hook} is not loaded: heddled has not finished starting`);
}

function invalid(sentence: string): HeddleError {
  return new HeddleError('INVALID_REQUEST', sentence);
}

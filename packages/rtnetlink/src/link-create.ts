// Creation of links by kind: pairs, VXLAN devices, bridges.
import { familyOf } from 'ip';
import {
  addressAttribute,
  be16Attribute,
  flagAttribute,
  nestedAttribute,
  optional,
  textAttribute,
  u32Attribute,
  u8Attribute,
} from './attribute.ts';
import { linkHeader } from './link.ts';
import { IFLA, INFO, VETH_PEER, VXLAN } from './link-constants.ts';
import { linkAttributes, type LinkSettings } from './link-settings.ts';
import { FLAG, MESSAGE, type Request, type RequestSink } from './message.ts';
import type { RtnetlinkSocket } from './socket.ts';

/** A link's name is all that creation needs. The kernel ignores some settings until the link is there. */
export interface NewLink extends Omit<LinkSettings, 'alias' | 'linkLocal'> {
  readonly name: string;
}

export interface VethOptions extends NewLink {
  /** The other end. It cannot be up yet: the kernel has no pair to bring up while it makes it. */
  readonly peer: Omit<NewLink, 'up'>;
}

/** Makes a pair in one message; with `peer.netnsFd` the other end is never seen in this namespace. */
export function createVeth(sink: RequestSink, options: VethOptions): void {
  const { peer, ...link } = options;
  const peerInfo = nestedAttribute(VETH_PEER, [linkHeader({ settings: peer }), ...linkAttributes(peer)]);
  createLink(sink, link, { kind: 'veth', data: [peerInfo] });
}

/** As `createVeth`, on another thread; until it is done, the socket must not be used. */
export async function createVethLater(socket: RtnetlinkSocket, options: VethOptions): Promise<void> {
  const requests: Request[] = [];
  createVeth({ submit: request => requests.push(request) }, options);
  for (const request of requests) await socket.submitLater(request);
}

export interface VxlanOptions extends NewLink {
  /** UDP destination port. */
  readonly port: number;
  /** Tunnel metadata comes with each packet; such a device has no VNI of its own. */
  readonly external?: boolean;
  readonly vni?: number;
  readonly local?: string;
  readonly remote?: string;
  /** Index of the device that carries the tunnel. */
  readonly device?: number;
  readonly ttl?: number;
  /** Whether sources of what arrives become forwarding entries; the kernel's default is true. */
  readonly learning?: boolean;
  readonly udp6ZeroCsumTx?: boolean;
  readonly udp6ZeroCsumRx?: boolean;
}

export function createVxlan(sink: RequestSink, options: VxlanOptions): void {
  createLink(sink, options, { kind: 'vxlan', data: vxlanData(options) });
}

function vxlanData(options: VxlanOptions): Buffer[] {
  const addressType = (address: string, ipv4: number, ipv6: number) =>
    addressAttribute(familyOf(address) === 'ipv4' ? ipv4 : ipv6, address);
  return [
    be16Attribute(VXLAN.port, options.port),
    ...optional(options.vni, vni => u32Attribute(VXLAN.id, vni)),
    ...optional(options.device, device => u32Attribute(VXLAN.link, device)),
    ...optional(options.local, address => addressType(address, VXLAN.local, VXLAN.local6)),
    ...optional(options.remote, address => addressType(address, VXLAN.remote, VXLAN.remote6)),
    ...optional(options.ttl, ttl => u8Attribute(VXLAN.ttl, ttl)),
    ...optional(options.learning, value => flagAttribute(VXLAN.learning, value)),
    ...optional(options.external, value => flagAttribute(VXLAN.external, value)),
    ...optional(options.udp6ZeroCsumTx, value => flagAttribute(VXLAN.udpZeroCsum6Tx, value)),
    ...optional(options.udp6ZeroCsumRx, value => flagAttribute(VXLAN.udpZeroCsum6Rx, value)),
  ];
}

export function createBridge(sink: RequestSink, options: NewLink): void {
  createLink(sink, options, { kind: 'bridge', data: [] });
}

function createLink(
  sink: RequestSink,
  settings: NewLink,
  info: { readonly kind: string; readonly data: readonly Buffer[] },
): void {
  const linkInfo = nestedAttribute(IFLA.linkInfo, [
    textAttribute(INFO.kind, info.kind),
    nestedAttribute(INFO.data, info.data),
  ]);
  sink.submit({
    type: MESSAGE.newLink,
    flags: FLAG.create | FLAG.exclusive,
    body: [linkHeader({ settings }), ...linkAttributes(settings), linkInfo],
    operation: `create ${info.kind}`,
    subject: settings.name,
  });
}

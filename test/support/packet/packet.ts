// Packets as a person writes them: eth(a, b).ip(c, d).udp(4000, 53, 'q'). Lengths and checksums are correct by default.
import { isIpv6 } from './address.ts';
import { ARP_OPERATION, type Arp } from './arp.ts';
import { dataLayer } from './data.ts';
import { encode } from './encode.ts';
import type { Ethernet } from './ethernet.ts';
import { ICMP_TYPE, ICMPV6_TYPE, type Icmp } from './icmp.ts';
import type { Extension, Fragment } from './ipv6-extension.ts';
import type { Ipv4 } from './ipv4.ts';
import type { Ipv6 } from './ipv6.ts';
import type { ExtensionName, Layer } from './layer.ts';
import type { NeighbourMessage } from './neighbour-message.ts';
import type { Sctp } from './sctp.ts';
import type { Tcp } from './tcp.ts';
import type { Udp } from './udp.ts';
import type { Vxlan } from './vxlan.ts';

type Payload = string | Uint8Array;
type Without<Fields, Key extends keyof Fields> = Omit<Fields, Key>;
type Ipv4Options = Without<Ipv4, 'source' | 'destination'>;
type Ipv6Options = Without<Ipv6, 'source' | 'destination'>;
type PortOptions<Fields extends { sourcePort: number; destinationPort: number }> = Without<
  Fields,
  'sourcePort' | 'destinationPort'
>;

/** What both families have, under IPv4's names. */
export interface IpOptions {
  readonly ttl?: number;
  readonly dscp?: number;
  readonly ecn?: number;
}

/** An immutable list of layers; each method answers a longer one. */
export interface Packet {
  readonly layers: readonly Layer[];
  bytes(): Buffer;
  /** Appends another packet's layers: the inside of a tunnel, or what an ICMP error quotes. */
  with(inner: Packet): Packet;
  ipv4(source: string, destination: string, options?: Ipv4Options): Packet;
  ipv6(source: string, destination: string, options?: Ipv6Options): Packet;
  /** IPv4 or IPv6, as the addresses are. */
  ip(source: string, destination: string, options?: IpOptions): Packet;
  extension(name: ExtensionName, fields?: Partial<Extension>): Packet;
  fragment(fields: Fragment): Packet;
  udp(sourcePort: number, destinationPort: number, payload?: Payload, options?: PortOptions<Udp>): Packet;
  tcp(sourcePort: number, destinationPort: number, options?: PortOptions<Tcp>, payload?: Payload): Packet;
  sctp(sourcePort: number, destinationPort: number, chunks?: Payload, options?: PortOptions<Sctp>): Packet;
  icmp(fields: Icmp): Packet;
  icmpv6(fields: Icmp): Packet;
  /** Echo request of the family around; `reply` makes it the answer. */
  echo(id: number, options?: { readonly reply?: boolean; readonly sequence?: number }): Packet;
  neighbour(icmp: Icmp, message: NeighbourMessage): Packet;
  arp(operation: keyof typeof ARP_OPERATION, fields: Without<Arp, 'operation'>): Packet;
  vxlan(vni: number, inner: Packet, options?: Without<Vxlan, 'vni'>): Packet;
  data(payload: Payload): Packet;
}

const EXTENSION_BODY = '010400000000'; // one PadN option

export function packetOf(layers: readonly Layer[]): Packet {
  const add = (...more: readonly Layer[]): Packet => packetOf([...layers, ...more]);
  return {
    layers,
    bytes: () => encode(layers),
    with: inner => add(...inner.layers),
    ipv4: (source, destination, options) =>
      add({ name: 'ipv4', fields: { source, destination, ...options } }),
    ipv6: (source, destination, options) =>
      add({ name: 'ipv6', fields: { source, destination, ...options } }),
    ip: (source, destination, options) => add(ipLayer(source, destination, options)),
    extension: (name, fields) => add({ name, fields: { body: EXTENSION_BODY, ...fields } }),
    fragment: fields => add({ name: 'fragment', fields }),
    udp: (sourcePort, destinationPort, payload, options) =>
      add({ name: 'udp', fields: { sourcePort, destinationPort, ...options } }, ...payloadLayers(payload)),
    tcp: (sourcePort, destinationPort, options, payload) =>
      add({ name: 'tcp', fields: { sourcePort, destinationPort, ...options } }, ...payloadLayers(payload)),
    sctp: (sourcePort, destinationPort, chunks, options) =>
      add({ name: 'sctp', fields: { sourcePort, destinationPort, ...options } }, ...payloadLayers(chunks)),
    icmp: fields => add({ name: 'icmp', fields }),
    icmpv6: fields => add({ name: 'icmpv6', fields }),
    echo: (id, options) => add(echoLayer(layers, id, options)),
    neighbour: (icmp, message) => add({ name: 'icmpv6', fields: icmp }, { name: 'nd', fields: message }),
    arp: (operation, fields) =>
      add({ name: 'arp', fields: { operation: ARP_OPERATION[operation], ...fields } }),
    vxlan: (vni, inner, options) => add({ name: 'vxlan', fields: { vni, ...options } }, ...inner.layers),
    data: payload => add(...payloadLayers(payload)),
  };
}

/** A packet that begins with Ethernet. */
export function eth(source: string, destination: string, options?: Pick<Ethernet, 'type'>): Packet {
  return packetOf([{ name: 'ethernet', fields: { source, destination, ...options } }]);
}

/** A packet without Ethernet: what netfilter sees, and what an ICMP error quotes. */
export function bare(): Packet {
  return packetOf([]);
}

function payloadLayers(payload: Payload = ''): Layer[] {
  const bytes = Buffer.from(payload as string);
  return bytes.length === 0 ? [] : [dataLayer('data', bytes)];
}

function ipLayer(source: string, destination: string, options: IpOptions = {}): Layer {
  if (!isIpv6(source)) return { name: 'ipv4', fields: { source, destination, ...options } };
  const { ttl, ...rest } = options;
  const hopLimit = ttl === undefined ? {} : { hopLimit: ttl };
  return { name: 'ipv6', fields: { source, destination, ...hopLimit, ...rest } };
}

function echoLayer(
  outside: readonly Layer[],
  id: number,
  options: { readonly reply?: boolean; readonly sequence?: number } = {},
): Layer {
  const name = outside.some(layer => layer.name === 'ipv6') ? 'icmpv6' : 'icmp';
  const types = name === 'icmp' ? ICMP_TYPE : ICMPV6_TYPE;
  const type = options.reply ? types.echoReply : types.echo;
  return { name, fields: { type, id, sequence: options.sequence ?? 1 } };
}

// EtherTypes and IP protocol numbers, both ways between number and layer.
import type { LayerName } from './layer.ts';

export const IP_PROTOCOL = {
  'hop-by-hop': 0,
  icmp: 1,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  routing: 43,
  fragment: 44,
  icmpv6: 58,
  'destination-options': 60,
  sctp: 132,
} as const satisfies Partial<Record<LayerName, number>>;

export const ETHER_TYPE = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const satisfies Partial<
  Record<LayerName, number>
>;

/** RFC 3692: for experiments; what data without a protocol of its own is called. */
const EXPERIMENT = 253;
const NO_NEXT_HEADER = 59;

export function protocolOf(next: LayerName | undefined): number {
  if (next === undefined) return NO_NEXT_HEADER;
  return numberOf(IP_PROTOCOL, next) ?? EXPERIMENT;
}

export function etherTypeOf(next: LayerName | undefined): number {
  return (next === undefined ? undefined : numberOf(ETHER_TYPE, next)) ?? 0xffff;
}

export function layerOfProtocol(protocol: number): LayerName {
  return layerOf(IP_PROTOCOL, protocol);
}

export function layerOfEtherType(type: number): LayerName {
  return layerOf(ETHER_TYPE, type);
}

function numberOf(table: Partial<Record<LayerName, number>>, name: LayerName): number | undefined {
  return table[name];
}

function layerOf(table: Partial<Record<LayerName, number>>, number: number): LayerName {
  const found = Object.entries(table).find(([, value]) => value === number);
  return found === undefined ? 'data' : (found[0] as LayerName);
}

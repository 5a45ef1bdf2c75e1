// How packets of pods may look between nodes, and whether captured ones do.

export type Carriage =
  | { readonly kind: 'plain' }
  /** In VXLAN to that UDP port. */
  | { readonly kind: 'vxlan'; readonly port: number }
  /** As they are in UDP to that port, one by one on every underlay. */
  | { readonly kind: 'udp'; readonly port: number };

export interface Frame {
  /** Its first bytes. */
  readonly bytes: Buffer;
  /** On the wire, bytes. */
  readonly length: number;
}

export interface Addresses {
  readonly source: string;
  readonly destination: string;
}

const ETHERTYPE_IPV4 = 0x0800;
const ETHERNET_BYTES = 14;
const IPV4_BYTES = 20;
const UDP_BYTES = 8;
const VXLAN_BYTES = 8;
const PROTOCOL_UDP = 17;
const VNI_VALID = 0x08;

/** Of the pods' packet in it; undefined when there is none in that form. */
export function carriedAddresses({ bytes }: Frame, carriage: Carriage): Addresses | undefined {
  const payload = ethernetPayload(bytes);
  if (payload === undefined || carriage.kind === 'plain') return ipv4Addresses(payload);
  const udp = udpOf(payload);
  if (udp?.readUInt16BE(2) !== carriage.port) return undefined;
  const carried = udp.subarray(UDP_BYTES);
  return ipv4Addresses(carriage.kind === 'vxlan' ? vxlanPayload(carried) : carried);
}

function ethernetPayload(bytes: Buffer): Buffer | undefined {
  if (bytes.length < ETHERNET_BYTES || bytes.readUInt16BE(12) !== ETHERTYPE_IPV4) return undefined;
  return bytes.subarray(ETHERNET_BYTES);
}

function vxlanPayload(bytes: Buffer): Buffer | undefined {
  if (bytes.length < VXLAN_BYTES || bytes[0] !== VNI_VALID) return undefined;
  return ethernetPayload(bytes.subarray(VXLAN_BYTES));
}

function udpOf(packet: Buffer): Buffer | undefined {
  if (packet.length < IPV4_BYTES || packet[9] !== PROTOCOL_UDP) return undefined;
  const segment = packet.subarray(((packet[0] ?? 0) & 0xf) * 4);
  return segment.length < UDP_BYTES ? undefined : segment;
}

function ipv4Addresses(packet: Buffer | undefined): Addresses | undefined {
  if (packet === undefined || packet.length < IPV4_BYTES || (packet[0] ?? 0) >> 4 !== 4) return undefined;
  return { source: packet.subarray(12, 16).join('.'), destination: packet.subarray(16, 20).join('.') };
}

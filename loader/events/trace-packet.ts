// Builds the packet of a trace: it opens a flow and ends with the nonce. It is never sent.
import { type Addr, addrToBytes, internetChecksum, isIpv4, type Mac, macToBytes } from 'ip';
import { PROTOCOL } from '../abi/protocol.ts';

export type TraceProtocol = 'tcp' | 'udp' | 'sctp' | 'icmp';

export interface TracedPacket {
  readonly source: Addr;
  readonly destination: Addr;
  readonly protocol: TraceProtocol;
  /** ICMP echo: the identifier. */
  readonly sourcePort: number;
  readonly port: number;
  /** 16 bytes. */
  readonly nonce: Uint8Array;
}

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
const TTL = 64;

/** An IP packet: TCP SYN, SCTP INIT, ICMP echo request or a UDP datagram. Its transport checksum is not checked. */
export function tracedIpPacket(packet: TracedPacket): Buffer {
  const isV4 = isIpv4(packet.source);
  const payload = Buffer.concat([transport(packet, isV4), packet.nonce]);
  return ipPacket(packet.source, packet.destination, protocolNumber(packet.protocol, isV4), payload);
}

export function protocolNumber(protocol: TraceProtocol, isV4: boolean): number {
  return protocol === 'icmp' && !isV4 ? PROTOCOL.icmpv6 : PROTOCOL[protocol];
}

export function ethernetFrame(destination: Mac, source: Mac, ip: Buffer): Buffer {
  const type = Buffer.alloc(2);
  type.writeUInt16BE((ip[0] ?? 0) >> 4 === 4 ? ETHERTYPE.ipv4 : ETHERTYPE.ipv6);
  return Buffer.concat([macToBytes(destination), macToBytes(source), type, ip]);
}

export interface Tunnel {
  readonly source: Addr;
  readonly destination: Addr;
  readonly vni: number;
  readonly port: number;
}

const VXLAN_FLAG_VNI = 0x08;
/** Any value: it only spreads flows over routers' paths. */
const TUNNEL_SOURCE_PORT = 49_152;

/** The outer IP packet (RFC 7348). */
export function vxlanPacket({ source, destination, vni, port }: Tunnel, inner: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt16BE(TUNNEL_SOURCE_PORT, 0);
  header.writeUInt16BE(port, 2);
  header.writeUInt16BE(header.length + inner.length, 4);
  header.writeUInt8(VXLAN_FLAG_VNI, 8);
  header.writeUIntBE(vni, 12, 3);
  return ipPacket(source, destination, PROTOCOL.udp, Buffer.concat([header, inner]));
}

function ipPacket(source: Addr, destination: Addr, protocol: number, payload: Buffer): Buffer {
  const header = isIpv4(source) ? ipv4Header(protocol, payload) : ipv6Header(protocol, payload);
  const bytes = isIpv4(source) ? 4 : 16;
  header.set(addrToBytes(source).subarray(-bytes), header.length - 2 * bytes);
  header.set(addrToBytes(destination).subarray(-bytes), header.length - bytes);
  if (bytes === 4) header.writeUInt16BE(internetChecksum(header), 10);
  return Buffer.concat([header, payload]);
}

function ipv4Header(protocol: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0); // version 4, five words
  header.writeUInt16BE(header.length + payload.length, 2);
  header.writeUInt8(TTL, 8);
  header.writeUInt8(protocol, 9);
  return header;
}

function ipv6Header(protocol: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0); // version 6
  header.writeUInt16BE(payload.length, 4);
  header.writeUInt8(protocol, 6);
  header.writeUInt8(TTL, 7);
  return header;
}

const TCP_SYN = 0x02;
const SCTP_INIT = 1;
const ECHO_REQUEST = { ipv4: 8, ipv6: 128 } as const;

/** Transport header and fields before the nonce. */
function transport({ protocol, sourcePort, port, nonce }: TracedPacket, isV4: boolean): Buffer {
  if (protocol === 'icmp') return echoRequest(sourcePort, isV4);
  const header = Buffer.alloc({ tcp: 20, udp: 8, sctp: 32 }[protocol]);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(port, 2);
  if (protocol === 'udp') header.writeUInt16BE(header.length + nonce.length, 4);
  if (protocol === 'tcp') {
    header.writeUInt8((header.length / 4) << 4, 12);
    header.writeUInt8(TCP_SYN, 13);
    header.writeUInt16BE(0xffff, 14); // window
  }
  if (protocol === 'sctp') {
    header.writeUInt8(SCTP_INIT, 12);
    header.writeUInt16BE(header.length - 12, 14);
  }
  return header;
}

function echoRequest(identifier: number, isV4: boolean): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(isV4 ? ECHO_REQUEST.ipv4 : ECHO_REQUEST.ipv6, 0);
  header.writeUInt16BE(identifier, 4);
  header.writeUInt16BE(1, 6); // sequence number
  return header;
}

// The first packet of a conversation, and the answer to it, of each protocol.
import { eth, type Packet } from '../../support/packet/packet.ts';
import type { Protocol } from '../../support/policy/world.ts';

export interface Conversation {
  readonly protocol: Protocol;
  /** Of who asks. */
  readonly sourcePort: number;
  readonly port: number;
}

export interface Link {
  readonly source: string;
  readonly destination: string;
}

/** INIT and INIT ACK (RFC 9260 sections 3.3.2 and 3.3.3): type, no flags, 20 bytes, tag, window, streams, TSN. */
const SCTP_CHUNK = '0014000000010000ffff0001000100000001';
const INIT = Buffer.from(`0100${SCTP_CHUNK}`, 'hex');
const INIT_ACK = Buffer.from(`0200${SCTP_CHUNK}`, 'hex');
const INIT_TAG = 1;

/** SYN, datagram or INIT. */
export function requestFrame(macs: Link, addresses: Link, talk: Conversation): Buffer {
  const packet = eth(macs.source, macs.destination).ip(addresses.source, addresses.destination);
  return transport(packet, talk, false).bytes();
}

/** SYN ACK, datagram or INIT ACK: `addresses` as this packet has them. */
export function answerFrame(macs: Link, addresses: Link, talk: Conversation): Buffer {
  const packet = eth(macs.source, macs.destination).ip(addresses.source, addresses.destination);
  return transport(packet, talk, true).bytes();
}

function transport(packet: Packet, { protocol, sourcePort, port }: Conversation, isAnswer: boolean): Packet {
  const [from, to] = isAnswer ? [port, sourcePort] : [sourcePort, port];
  if (protocol === 'UDP') return packet.udp(from, to, isAnswer ? 'answer' : 'request');
  if (protocol === 'TCP')
    return packet.tcp(from, to, isAnswer ? { flags: 'SYN ACK', acknowledgement: 2 } : {});
  return packet.sctp(from, to, isAnswer ? INIT_ACK : INIT, { tag: isAnswer ? INIT_TAG : 0 });
}

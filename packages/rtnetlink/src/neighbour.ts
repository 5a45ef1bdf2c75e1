// Neighbour entries: which MAC address an IP address on a link has.
import { addressAttribute, Attributes, macAttribute, optional } from './attribute.ts';
import { familyOf } from 'ip';
import { FAMILY, familyOfNumber } from './address-family.ts';
import { FLAG, type Message, MESSAGE, type RequestSink } from './message.ts';
import type { RtnetlinkSocket } from './socket.ts';

/** struct ndmsg: family, link, state, flags, type. */
const NDMSG_BYTES = 12;
/** NDA_*, linux/neighbour.h */
const NDA = { destination: 1, mac: 2 } as const;
/** NUD_* */
const STATE = {
  incomplete: 0x01,
  reachable: 0x02,
  stale: 0x04,
  delay: 0x08,
  probe: 0x10,
  failed: 0x20,
  noArp: 0x40,
  permanent: 0x80,
} as const;
export type NeighbourState = keyof typeof STATE;

export interface NeighbourKey {
  /** The link's index. */
  readonly index: number;
  readonly address: string;
}

export interface NewNeighbour extends NeighbourKey {
  readonly mac: string;
  /** 'permanent' by default: never asked for, never forgotten. */
  readonly state?: NeighbourState;
}

export interface Neighbour extends NeighbourKey {
  readonly mac: string | undefined;
  readonly state: NeighbourState | undefined;
}

/** Adds the entry or takes the place of the one for that address. */
export function replaceNeighbour(sink: RequestSink, neighbour: NewNeighbour): void {
  sink.submit({
    type: MESSAGE.newNeighbour,
    flags: FLAG.create | FLAG.replace,
    body: neighbourBody(neighbour, neighbour),
    operation: 'replace neighbour',
    subject: describe(neighbour),
  });
}

/** ENOENT if there is none. */
export function deleteNeighbour(sink: RequestSink, key: NeighbourKey): void {
  sink.submit({
    type: MESSAGE.deleteNeighbour,
    flags: 0,
    body: neighbourBody(key),
    operation: 'delete neighbour',
    subject: describe(key),
  });
}

/** Entries of both families, of one link or of all. */
export function listNeighbours(socket: RtnetlinkSocket, index?: number): Neighbour[] {
  const context = {
    operation: 'list neighbours of',
    subject: index === undefined ? 'all links' : `link ${index}`,
  };
  return socket
    .dump({ type: MESSAGE.getNeighbour, flags: 0, body: [Buffer.alloc(NDMSG_BYTES)], ...context })
    .map(decodeNeighbour)
    .filter(entry => entry !== undefined)
    .filter(entry => index === undefined || entry.index === index);
}

function neighbourBody(key: NeighbourKey, entry?: NewNeighbour): Buffer[] {
  const header = Buffer.alloc(NDMSG_BYTES);
  header.writeUInt8(FAMILY[familyOf(key.address)], 0);
  header.writeInt32LE(key.index, 4);
  if (entry !== undefined) header.writeUInt16LE(STATE[entry.state ?? 'permanent'], 8);
  return [
    header,
    addressAttribute(NDA.destination, key.address),
    ...optional(entry?.mac, mac => macAttribute(NDA.mac, mac)),
  ];
}

function describe(key: NeighbourKey): string {
  return `${key.address} on link ${key.index}`;
}

/** The entry of a neighbour message, or undefined if it is of a bridge or another family. */
export function decodeNeighbour({ body }: Message): Neighbour | undefined {
  const attributes = new Attributes(body.subarray(NDMSG_BYTES));
  const address = attributes.address(NDA.destination);
  if (familyOfNumber(body.readUInt8(0)) === undefined || address === undefined) return undefined;
  const state = body.readUInt16LE(8);
  return {
    index: body.readInt32LE(4),
    address,
    mac: attributes.mac(NDA.mac),
    state: (Object.keys(STATE) as NeighbourState[]).find(name => STATE[name] === state),
  };
}

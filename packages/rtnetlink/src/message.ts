// Netlink messages (struct nlmsghdr): building requests, splitting what the kernel answers.
import { align, Attributes } from './attribute.ts';
import type { ErrorContext } from './errors.ts';

const HEADER_BYTES = 16;

/** Types below 16 belong to netlink itself; the rest are rtnetlink's (linux/rtnetlink.h). */
export const MESSAGE = {
  noop: 1,
  error: 2,
  done: 3,
  newLink: 16,
  deleteLink: 17,
  getLink: 18,
  setLink: 19,
  newAddress: 20,
  deleteAddress: 21,
  getAddress: 22,
  newRoute: 24,
  deleteRoute: 25,
  getRoute: 26,
  newNeighbour: 28,
  deleteNeighbour: 29,
  getNeighbour: 30,
  newRule: 32,
  deleteRule: 33,
  getRule: 34,
  newQdisc: 36,
  deleteQdisc: 37,
  getQdisc: 38,
  newFilter: 44,
  deleteFilter: 45,
  getFilter: 46,
  newLinkProperty: 108,
} as const;

/** NLM_F_*: what a request asks for. REPLACE and EXCL share numbers with ROOT and MATCH by kind of request. */
export const FLAG = {
  request: 0x1,
  ack: 0x4,
  dumpInterrupted: 0x10,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
  dump: 0x300,
  capped: 0x100,
  ackAttributes: 0x200,
} as const;

/** One thing asked of the kernel; operation and subject are for the error's sentence. */
export interface Request extends ErrorContext {
  readonly type: number;
  /** Beyond NLM_F_REQUEST and NLM_F_ACK, which are always set. */
  readonly flags: number;
  /** The type's own header and its attributes. */
  readonly body: readonly Uint8Array[];
}

/** Whatever takes requests: a socket does them at once, a batch when it is committed. */
export interface RequestSink {
  submit(request: Request): void;
}

export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly body: Buffer;
}

export function encodeMessage(request: Request, flags: number, sequence: number): Buffer {
  const length = request.body.reduce((sum, part) => sum + part.length, HEADER_BYTES);
  const bytes = Buffer.alloc(align(length));
  bytes.writeUInt32LE(length, 0);
  bytes.writeUInt16LE(request.type, 4);
  bytes.writeUInt16LE(request.flags | flags | FLAG.request, 6);
  bytes.writeUInt32LE(sequence, 8);
  let offset = HEADER_BYTES;
  for (const part of request.body) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** The messages of one datagram. */
export function* messagesOf(datagram: Buffer): Generator<Message> {
  for (let offset = 0; offset + HEADER_BYTES <= datagram.length;) {
    const length = datagram.readUInt32LE(offset);
    if (length < HEADER_BYTES || offset + length > datagram.length) return;
    yield {
      type: datagram.readUInt16LE(offset + 4),
      flags: datagram.readUInt16LE(offset + 6),
      sequence: datagram.readUInt32LE(offset + 8),
      body: datagram.subarray(offset + HEADER_BYTES, offset + length),
    };
    offset += align(length);
  }
}

/** The outcome in an NLMSG_ERROR or NLMSG_DONE: 0 or -errno, and what the kernel said. */
export interface Outcome {
  readonly errno: number;
  readonly extendedAck: string | undefined;
}

const NLMSGERR_ATTR_MSG = 1;

export function outcomeOf(message: Message): Outcome {
  const errno = message.body.length >= 4 ? message.body.readInt32LE(0) : 0;
  if ((message.flags & FLAG.ackAttributes) === 0) return { errno, extendedAck: undefined };
  const text = new Attributes(message.body.subarray(attributesOffset(message))).text(NLMSGERR_ATTR_MSG);
  return { errno, extendedAck: text === undefined || text === '' ? undefined : text };
}

/** An error repeats the request's header, and all of the request unless NETLINK_CAP_ACK cut it. */
function attributesOffset({ type, flags, body }: Message): number {
  if (type === MESSAGE.done || body.length < 8) return 4;
  if ((flags & FLAG.capped) !== 0) return 4 + HEADER_BYTES;
  return 4 + align(body.readUInt32LE(4));
}

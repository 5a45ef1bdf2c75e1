// A socket to the kernel's rtnetlink, in this network namespace or another. Every call is synchronous, as the kernel is.
import { closeSync } from 'node:fs';
import { check, errorOf, type ErrorContext, RtnetlinkError } from './errors.ts';
import {
  encodeMessage,
  FLAG,
  type Message,
  MESSAGE,
  messagesOf,
  type Outcome,
  outcomeOf,
  type Request,
  type RequestSink,
} from './message.ts';
import { native, PROTOCOL_NUMBER } from './native.ts';
import { type Netns, withNetnsFd } from './netns.ts';

/** linux/netlink.h, NETLINK_*: errors with sentences, without the request repeated, and dumps that honour filters. */
const OPTION = { capAck: 10, extAck: 11, getStrictCheck: 12 } as const;

/** The kernel never makes a datagram of an answer larger than this (NLMSG_GOODSIZE rounds; dumps go to 32 KiB). */
const DATAGRAM_BYTES = 128 * 1024;
/** Answers to more than this at once could overflow the receive buffer. */
const BATCH_MESSAGES = 64;
/** A dump that a change interrupted is asked again; a busy node may change that often. */
const DUMP_ATTEMPTS = 20;

export interface SocketOptions {
  /** The namespace's path ('/run/netns/a', '/proc/123/ns/net') or an open one; the process stays where it is. */
  readonly netns?: string | Netns | undefined;
}

/** Opens a socket that belongs to a namespace for good. The caller disposes of it. */
export function openSocket(options: SocketOptions = {}): RtnetlinkSocket {
  const subject = typeof options.netns === 'string' ? options.netns : 'rtnetlink';
  const fd = check(
    withNetnsFd(options.netns, netnsFd => native().openSocket(netnsFd, PROTOCOL_NUMBER.route)),
    'open socket in',
    subject,
  );
  for (const option of [OPTION.capAck, OPTION.extAck, OPTION.getStrictCheck])
    native().setNetlinkOption(fd, option, 1); // before 4.20 the kernel knows fewer: answers are just shorter
  return new RtnetlinkSocket(fd, options.netns);
}

export class RtnetlinkSocket implements RequestSink {
  /** Where it was opened; undefined for the process's own namespace. */
  readonly netns: string | Netns | undefined;
  #fd: number;
  #sequence = 0;
  readonly #datagram = Buffer.allocUnsafe(DATAGRAM_BYTES);

  constructor(fd: number, netns: string | Netns | undefined) {
    this.#fd = fd;
    this.netns = netns;
  }

  /** Does one thing, or throws why not. */
  submit(request: Request): void {
    for (const outcome of this.#exchange([request])) requireSuccess(outcome, request);
  }

  /**
   * Does one thing on another thread: rejects with why not. For what keeps the kernel busy while the event loop has
   * other things to do; until it is done, the socket must not be used.
   */
  async submitLater(request: Request): Promise<void> {
    const sequence = ++this.#sequence;
    const bytes = encodeMessage(request, FLAG.ack, sequence);
    const length = await new Promise<number>((resolve, reject) => {
      const queued = native().exchangeLater(this.#fd, bytes, this.#datagram, resolve);
      if (queued < 0) reject(errorOf(queued, request));
    });
    for (const message of this.#split(length, request))
      if (message.sequence === sequence) requireSuccess(outcomeOf(message), request);
  }

  /** A batch that travels in one system call when it is committed. */
  batch(): Batch {
    return new Batch(requests => this.#settle(requests));
  }

  /** The one object a request asks for, or undefined if there is none. */
  get(request: Request): Message | undefined {
    const sequence = this.#send([request], FLAG.ack);
    let found: Message | undefined;
    for (;;) {
      for (const message of this.#receive(request)) {
        if (message.sequence !== sequence) continue;
        if (message.type !== MESSAGE.error) {
          found = message;
          continue;
        }
        requireSuccess(outcomeOf(message), request);
        return found;
      }
    }
  }

  /** Every object of a kind. */
  dump(request: Request): Message[] {
    for (let attempt = 1; ; attempt++) {
      const { messages, interrupted } = this.#dumpOnce(request);
      if (!interrupted) return messages;
      if (attempt === DUMP_ATTEMPTS)
        throw new RtnetlinkError('EINTR', request, 'it kept changing while read');
    }
  }

  /** A second call does nothing. */
  [Symbol.dispose](): void {
    if (this.#fd < 0) return;
    closeSync(this.#fd);
    this.#fd = -1;
  }

  #dumpOnce(request: Request): { messages: Message[]; interrupted: boolean } {
    const sequence = this.#send([request], FLAG.dump);
    const messages: Message[] = [];
    let interrupted = false;
    for (;;) {
      for (const message of this.#receive(request)) {
        if (message.sequence !== sequence) continue;
        interrupted ||= (message.flags & FLAG.dumpInterrupted) !== 0;
        if (message.type === MESSAGE.done || message.type === MESSAGE.error) {
          requireSuccess(outcomeOf(message), request);
          return { messages, interrupted };
        }
        messages.push(message);
      }
    }
  }

  #settle(requests: readonly Request[]): Outcome[] {
    const outcomes: Outcome[] = [];
    for (let start = 0; start < requests.length; start += BATCH_MESSAGES)
      outcomes.push(...this.#exchange(requests.slice(start, start + BATCH_MESSAGES)));
    return outcomes;
  }

  /** Sends requests together and reads the acknowledgement of each. */
  #exchange(requests: readonly Request[]): Outcome[] {
    const [first] = requests;
    if (first === undefined) return [];
    const last = this.#send(requests, FLAG.ack);
    const outcomes: Outcome[] = [];
    while (outcomes.length < requests.length) {
      for (const message of this.#receive(first)) {
        const index = message.sequence - (last - requests.length + 1);
        // Older answers can only be of a call that threw half-way.
        if (message.type === MESSAGE.error && index >= 0) outcomes[index] = outcomeOf(message);
      }
    }
    return outcomes;
  }

  /** Answers the sequence number of the last request. */
  #send(requests: readonly Request[], flags: number): number {
    const messages = requests.map(request => encodeMessage(request, flags, ++this.#sequence));
    const sent = native().send(this.#fd, Buffer.concat(messages));
    if (sent < 0) throw errorOf(sent, requests[0] ?? UNKNOWN_REQUEST);
    return this.#sequence;
  }

  #receive(context: ErrorContext): Message[] {
    return this.#split(native().receive(this.#fd, this.#datagram), context);
  }

  #split(length: number, context: ErrorContext): Message[] {
    if (length < 0) throw errorOf(length, context, 'no answer');
    if (length > DATAGRAM_BYTES)
      throw new RtnetlinkError('EMSGSIZE', context, `an answer of ${length} bytes`);
    // A copy, because the next datagram lands in the same place.
    return [...messagesOf(Buffer.from(this.#datagram.subarray(0, length)))];
  }
}

const UNKNOWN_REQUEST: ErrorContext = { operation: 'send to', subject: 'rtnetlink' };

/** Requests collected by the same functions that would send them one by one. */
export class Batch implements RequestSink {
  readonly #settle: (requests: readonly Request[]) => Outcome[];
  #requests: Request[] = [];

  constructor(settle: (requests: readonly Request[]) => Outcome[]) {
    this.#settle = settle;
  }

  submit(request: Request): void {
    this.#requests.push(request);
  }

  /** Does everything, in order; then throws the first failure, if any. A failure does not stop what follows it. */
  commit(): void {
    const [failure] = this.settle().filter(error => error !== undefined);
    if (failure !== undefined) throw failure;
  }

  /** Does everything, in order, and answers for each request its failure or undefined. */
  settle(): (RtnetlinkError | undefined)[] {
    const requests = this.#requests;
    this.#requests = [];
    return this.#settle(requests).map((outcome, index) => failureOf(outcome, requests[index]));
  }
}

function failureOf({ errno, extendedAck }: Outcome, request = UNKNOWN_REQUEST): RtnetlinkError | undefined {
  return errno === 0 ? undefined : errorOf(errno, request, extendedAck);
}

function requireSuccess(outcome: Outcome, request: Request): void {
  const failure = failureOf(outcome, request);
  if (failure !== undefined) throw failure;
}

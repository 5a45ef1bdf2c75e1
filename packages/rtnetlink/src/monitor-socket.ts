// A netlink socket that only listens, on Node's event loop.
import { closeSync } from 'node:fs';
import { check, errorOf } from './errors.ts';
import { native, type WatchHandle } from './native.ts';
import { type Netns, withNetnsFd } from './netns.ts';

export interface MonitorSocketOptions {
  /** NETLINK_* */
  readonly protocol: number;
  /** Of that protocol. */
  readonly groups: readonly number[];
  readonly netns?: string | Netns | undefined;
  readonly receiveBufferBytes?: number;
  readonly gatherMs?: number;
}

/** A datagram, or undefined: more happened than the buffer held. */
export type OnDatagram = (datagram: Buffer | undefined) => void;

const NETLINK_ADD_MEMBERSHIP = 1;
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
const DATAGRAM_BYTES = 64 * 1024;
const EAGAIN = -11;
const ENOBUFS = -105;
/** Datagrams in one turn of the event loop. */
const TURN_DATAGRAMS = 256;

export function openMonitor(options: MonitorSocketOptions, onDatagram: OnDatagram): Monitor {
  const fd = check(
    withNetnsFd(options.netns, netnsFd => native().openSocket(netnsFd, options.protocol)),
    'open socket for',
    'monitor',
  );
  try {
    native().setReceiveBuffer(fd, options.receiveBufferBytes ?? RECEIVE_BUFFER_BYTES); // needs CAP_NET_ADMIN; a default has to do
    for (const group of options.groups)
      check(native().setNetlinkOption(fd, NETLINK_ADD_MEMBERSHIP, group), 'join group', String(group));
    return new Monitor(fd, onDatagram, options.gatherMs ?? 0);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

export class Monitor implements Disposable {
  #fd: number;
  readonly #watch: WatchHandle;
  readonly #onDatagram: OnDatagram;
  readonly #gatherMs: number;
  readonly #datagram = Buffer.allocUnsafe(DATAGRAM_BYTES);
  #timer: NodeJS.Timeout | undefined;
  #next: NodeJS.Immediate | undefined;

  /** Owns the fd from then on, unless it throws. */
  constructor(fd: number, onDatagram: OnDatagram, gatherMs: number) {
    this.#fd = fd;
    this.#onDatagram = onDatagram;
    this.#gatherMs = gatherMs;
    const watch = native().startWatch(fd, () => this.#wake());
    if (typeof watch === 'number') throw errorOf(watch, { operation: 'watch', subject: 'monitor' });
    this.#watch = watch;
  }

  get isOpen(): boolean {
    return this.#fd >= 0;
  }

  /** Lets the process end while this is still open. */
  unref(): void {
    native().unrefWatch(this.#watch);
  }

  /** Also from within a callback: no callback follows. */
  [Symbol.dispose](): void {
    if (this.#fd < 0) return;
    clearTimeout(this.#timer);
    clearImmediate(this.#next);
    native().stopWatch(this.#watch);
    closeSync(this.#fd);
    this.#fd = -1;
  }

  #wake(): void {
    if (this.#gatherMs === 0) {
      this.#drain();
      return;
    }
    native().pauseWatch(this.#watch);
    this.#timer = setTimeout(() => this.#drainAll(), this.#gatherMs).unref();
  }

  /** A backlog does not wait for `gatherMs` again: the kernel fills the buffer faster than that would empty it. */
  #drainAll(): void {
    const isEmpty = this.#drain();
    if (this.#fd < 0) return;
    if (isEmpty) native().resumeWatch(this.#watch);
    else this.#next = setImmediate(() => this.#drainAll()).unref();
  }

  /** Reads the datagrams of one turn; false: more may be there. */
  #drain(): boolean {
    for (let count = 0; count < TURN_DATAGRAMS && this.#fd >= 0; count++) {
      const length = native().receive(this.#fd, this.#datagram);
      if (length === EAGAIN) return true;
      if (length === ENOBUFS) this.#onDatagram(undefined);
      // A copy, because an event is decoded only when it is read.
      else
        this.#onDatagram(Buffer.from(this.#datagram.subarray(0, check(length, 'receive from', 'monitor'))));
    }
    return false;
  }
}

// Changes in a namespace's networking, as the kernel announces them, on Node's event loop.
import { closeSync } from 'node:fs';
import { check, errorOf } from './errors.ts';
import { decodeAddress, type InterfaceAddress } from './interface-address.ts';
import { decodeLink, type Link } from './link-decode.ts';
import { type Message, MESSAGE, messagesOf } from './message.ts';
import { native, type WatchHandle } from './native.ts';
import { decodeNeighbour, type Neighbour } from './neighbour.ts';
import { type Netns, withNetnsFd } from './netns.ts';
import { decodeRoute, type Route } from './route-decode.ts';

/** RTNLGRP_*, linux/rtnetlink.h */
const GROUP = {
  link: 1,
  neighbour: 3,
  ipv4Address: 5,
  ipv4Route: 7,
  ipv6Address: 9,
  ipv6Route: 11,
} as const;
export type MonitorGroup = keyof typeof GROUP;

export type MonitorEvent =
  | { readonly kind: 'link'; readonly action: MonitorAction; readonly link: Link }
  | { readonly kind: 'address'; readonly action: MonitorAction; readonly address: InterfaceAddress }
  | { readonly kind: 'route'; readonly action: MonitorAction; readonly route: Route }
  | { readonly kind: 'neighbour'; readonly action: MonitorAction; readonly neighbour: Neighbour }
  /** More happened than the buffer held: what was read before is stale, read it again. */
  | { readonly kind: 'overrun' };

/** 'new' also stands for a change of what was there. */
export type MonitorAction = 'new' | 'delete';

export interface MonitorOptions {
  readonly groups: readonly MonitorGroup[];
  readonly netns?: string | Netns | undefined;
  /** Room for a burst that the event loop has not come to yet; by default for thousands of routes at once. */
  readonly receiveBufferBytes?: number;
  /** Wait this long after the first of several changes before telling them: whoever makes them has the turn. */
  readonly gatherMs?: number;
}

const NETLINK_ADD_MEMBERSHIP = 1;
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
const DATAGRAM_BYTES = 64 * 1024;
const EAGAIN = -11;
const ENOBUFS = -105;
/** Datagrams in one turn of the event loop; the rest wakes us again. */
const TURN_DATAGRAMS = 256;

/** Calls back for every change from now on. It keeps the event loop alive until disposed of or unreferenced. */
export function monitor(options: MonitorOptions, onEvent: (event: MonitorEvent) => void): Monitor {
  const fd = check(
    withNetnsFd(options.netns, netnsFd => native().openSocket(netnsFd)),
    'open socket for',
    'monitor',
  );
  try {
    native().setReceiveBuffer(fd, options.receiveBufferBytes ?? RECEIVE_BUFFER_BYTES); // needs CAP_NET_ADMIN; a default has to do
    for (const group of options.groups)
      check(native().setNetlinkOption(fd, NETLINK_ADD_MEMBERSHIP, GROUP[group]), 'join group', group);
    return new Monitor(fd, onEvent, options.gatherMs ?? 0);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

export class Monitor {
  #fd: number;
  readonly #watch: WatchHandle;
  readonly #onEvent: (event: MonitorEvent) => void;
  readonly #gatherMs: number;
  readonly #datagram = Buffer.allocUnsafe(DATAGRAM_BYTES);
  #timer: NodeJS.Timeout | undefined;

  /** Owns the fd from then on, unless it throws. */
  constructor(fd: number, onEvent: (event: MonitorEvent) => void, gatherMs: number) {
    this.#fd = fd;
    this.#onEvent = onEvent;
    this.#gatherMs = gatherMs;
    const watch = native().startWatch(fd, () => this.#wake());
    if (typeof watch === 'number') throw errorOf(watch, { operation: 'watch', subject: 'monitor' });
    this.#watch = watch;
  }

  /** Lets the process end while this is still open. */
  unref(): void {
    native().unrefWatch(this.#watch);
  }

  [Symbol.dispose](): void {
    if (this.#fd < 0) return;
    clearTimeout(this.#timer);
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
    this.#timer = setTimeout(() => {
      this.#drain();
      if (this.#fd >= 0) native().resumeWatch(this.#watch);
    }, this.#gatherMs).unref();
  }

  #drain(): void {
    for (let count = 0; count < TURN_DATAGRAMS && this.#fd >= 0; count++) {
      const length = native().receive(this.#fd, this.#datagram);
      if (length === EAGAIN) return;
      if (length === ENOBUFS) this.#onEvent({ kind: 'overrun' });
      // A copy, because an event is decoded only when somebody looks at it.
      else this.#deliver(Buffer.from(this.#datagram.subarray(0, check(length, 'receive from', 'monitor'))));
    }
  }

  #deliver(datagram: Buffer): void {
    for (const message of messagesOf(datagram)) {
      const event = eventOf(message);
      // The listener may have disposed of us.
      if (event !== undefined && this.#fd >= 0) this.#onEvent(event);
    }
  }
}

/** Links and routes say much, and most listeners only want to hear that there is something to look at. */
class LinkEvent {
  readonly kind = 'link';
  readonly action: MonitorAction;
  readonly #message: Message;

  constructor(message: Message) {
    this.action = actionOf(message, MESSAGE.newLink);
    this.#message = message;
  }

  get link(): Link {
    return decodeLink(this.#message);
  }
}

class RouteEvent {
  readonly kind = 'route';
  readonly action: MonitorAction;
  readonly #message: Message;

  constructor(message: Message) {
    this.action = actionOf(message, MESSAGE.newRoute);
    this.#message = message;
  }

  get route(): Route {
    return decodeRoute(this.#message);
  }
}

function eventOf(message: Message): MonitorEvent | undefined {
  switch (message.type) {
    case MESSAGE.newLink:
    case MESSAGE.deleteLink:
      return new LinkEvent(message);
    case MESSAGE.newAddress:
    case MESSAGE.deleteAddress: {
      const address = decodeAddress(message);
      return address && { kind: 'address', action: actionOf(message, MESSAGE.newAddress), address };
    }
    case MESSAGE.newRoute:
    case MESSAGE.deleteRoute:
      return new RouteEvent(message);
    case MESSAGE.newNeighbour:
    case MESSAGE.deleteNeighbour: {
      const neighbour = decodeNeighbour(message);
      return neighbour && { kind: 'neighbour', action: actionOf(message, MESSAGE.newNeighbour), neighbour };
    }
    default:
      return undefined;
  }
}

function actionOf(message: Message, newType: number): MonitorAction {
  return message.type === newType ? 'new' : 'delete';
}

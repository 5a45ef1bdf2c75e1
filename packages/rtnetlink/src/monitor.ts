// Changes in a namespace's networking, as the kernel announces them, on Node's event loop.
import { decodeAddress, type InterfaceAddress } from './interface-address.ts';
import { decodeLink, type Link } from './link-decode.ts';
import { type Message, MESSAGE, messagesOf } from './message.ts';
import { type Monitor, openMonitor } from './monitor-socket.ts';
import { PROTOCOL_NUMBER } from './native.ts';
import { decodeNeighbour, type Neighbour } from './neighbour.ts';
import type { Netns } from './netns.ts';
import { decodeNftablesChange, type NftablesChange } from './nftables-change.ts';
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
/** NFNLGRP_NFTABLES, linux/netfilter/nfnetlink.h */
const NFTABLES_GROUP = 7;

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
  /** Wait this long after the first of several changes before reporting them: the program that makes them goes first. */
  readonly gatherMs?: number;
}

/** Calls back for every change from now on. It keeps the event loop alive until disposed of or unreferenced. */
export function monitor(options: MonitorOptions, onEvent: (event: MonitorEvent) => void): Monitor {
  const groups = options.groups.map(group => GROUP[group]);
  const watching = openMonitor({ ...options, protocol: PROTOCOL_NUMBER.route, groups }, datagram => {
    if (datagram === undefined) onEvent({ kind: 'overrun' });
    else deliver(datagram, event => watching.isOpen && onEvent(event)); // the listener may have disposed of us
  });
  return watching;
}

function deliver(datagram: Buffer, tell: (event: MonitorEvent) => void): void {
  for (const message of messagesOf(datagram)) {
    const event = eventOf(message);
    if (event !== undefined) tell(event);
  }
}

/** Calls back for every change of the namespace's nftables, by any program; undefined: there were more than the buffer held. */
export function monitorNftables(
  options: Pick<MonitorOptions, 'netns' | 'gatherMs'>,
  onChange: (change: NftablesChange | undefined) => void,
): Monitor {
  const groups = [NFTABLES_GROUP];
  const watching = openMonitor({ ...options, protocol: PROTOCOL_NUMBER.netfilter, groups }, datagram => {
    if (datagram === undefined) {
      onChange(undefined);
      return;
    }
    for (const message of messagesOf(datagram)) {
      const change = decodeNftablesChange(message);
      if (change !== undefined && watching.isOpen) onChange(change);
    }
  });
  return watching;
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

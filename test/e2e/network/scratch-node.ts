// A node's network namespace and its pods' for one test, gone when the test is.
import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { parseAddr, parseMac } from 'ip';
import type { Test } from 'tap';
import {
  addAddress,
  createNetns,
  createVeth,
  deleteNetns,
  getLink,
  type Link,
  openSocket,
  type RtnetlinkSocket,
  setLink,
} from 'rtnetlink';
import type { PodInterface } from '../../../loader/network/pod-interface.ts';

export interface ScratchNode {
  readonly path: string;
  readonly socket: RtnetlinkSocket;
}

export function scratchName(): string {
  return `hd-net-${process.pid}-${randomBytes(3).toString('hex')}`;
}

/** An empty namespace with its loopback up. */
export function scratchNode(t: Test): ScratchNode {
  const name = scratchName();
  const path = createNetns(name);
  t.teardown(() => deleteNetns(name));
  const socket = openSocket({ netns: path });
  t.teardown(() => socket[Symbol.dispose]());
  setLink(socket, 'lo', { up: true });
  return { path, socket };
}

/** A pair that stands for a cable: `name` here, its other end beside it, both up. */
export function plugIn(node: ScratchNode, name: string, addresses: readonly string[]): Link {
  createVeth(node.socket, { name, mac: '02:00:00:00:01:01', up: true, peer: { name: `${name}-far` } });
  setLink(node.socket, `${name}-far`, { up: true });
  const index = linkOf(node, name).index;
  for (const text of addresses) {
    const [address = '', bits] = text.split('/');
    addAddress(node.socket, { index, address, prefixLength: Number(bits), noDad: address.includes(':') });
  }
  return linkOf(node, name);
}

export function linkOf(node: ScratchNode, name: string): Link {
  const link = getLink(node.socket, name);
  if (link === undefined) throw new Error(`no link ${name}`);
  return link;
}

/** Runs a program in the namespace and answers what it printed. */
export function run(node: { readonly path: string }, command: string, ...args: string[]): string {
  return execFileSync('nsenter', [`--net=${node.path}`, command, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The wish for a dual-stack pod in a namespace. */
export function podIn(netns: string, change: Partial<PodInterface> = {}): PodInterface {
  return {
    netns,
    ifname: 'eth0',
    hostInterface: 'hd0123456789a',
    podMac: parseMac('02:00:00:00:00:05'),
    gatewayMac: parseMac('02:00:00:00:00:fe'),
    mtu: 1450,
    addresses: [parseAddr('10.1.0.5'), parseAddr('fd00:1::5')],
    owner: 'c1/eth0',
    ...change,
  };
}

// The addon, typed.
import { endianness } from 'node:os';
import { loadAddon } from './addon.ts';

/** A watch of the addon; garbage collection stops it. */
export type WatchHandle = object;

/** Every function answers a number ≥ 0 (often a new fd, owned by the caller) or -errno. */
export interface Native {
  lockFile(fd: number): number;
  unixListenerUid(name: Uint8Array): number;
  mount(source: string, target: string, flags: number): number;
  unmount(target: string, flags: number): number;
  newNetns(): number;
  openFile(netnsFd: number, path: string, flags: number): number;
  openSocket(netnsFd: number, protocol: number): number;
  setNetlinkOption(fd: number, option: number, value: number): number;
  setReceiveBuffer(fd: number, bytes: number): number;
  send(fd: number, messages: Uint8Array): number;
  receive(fd: number, into: Uint8Array): number;
  peerCredentials(fd: number, into: Uint8Array): number;
  exchangeLater(
    fd: number,
    request: Uint8Array,
    answer: Uint8Array,
    callback: (length: number) => void,
  ): number;
  startWatch(fd: number, onReadable: () => void): WatchHandle | number;
  stopWatch(watch: WatchHandle): number;
  pauseWatch(watch: WatchHandle): number;
  resumeWatch(watch: WatchHandle): number;
  unrefWatch(watch: WatchHandle): number;
}

/** In place of a namespace's fd: the one the process is in. */
export const CURRENT_NETNS = -1;

/** linux/netlink.h, NETLINK_* */
export const PROTOCOL_NUMBER = { route: 0, netfilter: 12 } as const;

let loaded: Native | undefined;

/** Loads the addon at its first use, so that encoding and decoding need no native code. */
export function native(): Native {
  // Netlink speaks the host's byte order, and this package writes little-endian.
  if (endianness() !== 'LE') throw new Error('rtnetlink runs on little-endian machines only');
  loaded ??= loadAddon() as Native;
  return loaded;
}

// A network namespace of a test's own, gone when the test is.
import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import { createNetns, deleteNetns, openSocket, type RtnetlinkSocket, setLink } from '../src/index.ts';

export interface ScratchNetns {
  readonly name: string;
  readonly path: string;
  readonly socket: RtnetlinkSocket;
}

export function scratchName(): string {
  return `hd-rtnl-${process.pid}-${randomBytes(3).toString('hex')}`;
}

/** Its loopback is up. */
export function scratchNetns(t: Test): ScratchNetns {
  const name = scratchName();
  const path = createNetns(name);
  t.teardown(() => deleteNetns(name));
  const socket = openSocket({ netns: path });
  t.teardown(() => socket[Symbol.dispose]());
  setLink(socket, 'lo', { up: true });
  return { name, path, socket };
}

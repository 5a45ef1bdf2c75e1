// A scratch node whose state directory is a file system of its own, to be filled or made read-only.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { runDaemon, scratchConfig, scratchNode, type ScratchNode } from '../../support/scratch-daemon.ts';

export interface Place {
  readonly node: ScratchNode;
  readonly state: string;
  readonly socket: string;
  readonly mount: (...words: readonly string[]) => void;
}

/** A node whose state directory is a file system of its own. */
export function place(t: Test): Place {
  const node = scratchNode(t);
  const state = join(node.directory, 'state');
  mkdirSync(state);
  const mount = (...words: readonly string[]): void => void execFileSync('mount', [...words, state]);
  mount('-t', 'tmpfs', '-o', 'size=400k,nr_inodes=100', 'heddle-test');
  t.teardown(() => execFileSync('umount', ['-l', state]));
  return { node, state, socket: join(node.directory, 'run/heddled.sock'), mount };
}

export const isReady = async ({ socket }: Place): Promise<boolean> =>
  (await askStatus(socket))?.ready === true;

export async function running<T>(at: Place, action: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const daemon = runDaemon(at.node, scratchConfig(at.node), { stop: stop.signal });
  try {
    return await action();
  } finally {
    stop.abort();
    await daemon;
  }
}

export interface Obstacle {
  readonly spoil: (at: Place) => void;
  readonly cure: (at: Place) => void;
}

export const READ_ONLY: Obstacle = {
  spoil: ({ mount }) => mount('-o', 'remount,ro'),
  cure: ({ mount }) => mount('-o', 'remount,rw'),
};

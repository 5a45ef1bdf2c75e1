// A small disk for what a node's daemon writes: state and socket are on a file system of their own, which can be full.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NodePlan } from '../../../lab/plan.ts';

const SIZE = '4m';
const BLOCK = Buffer.alloc(4096);

/** The node with its state and its socket there; unmounted by `unmountDisk`. */
export function mountDisk(node: NodePlan): NodePlan {
  const disk = diskOf(node);
  mkdirSync(disk, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'heddle-soak', disk]);
  return { ...node, stateDir: join(disk, 'state'), socket: join(disk, 'run', 'heddled.sock') };
}

export function unmountDisk(node: NodePlan): void {
  execFileSync('umount', [diskOf(node)]);
}

/** Until not one block more fits. */
export function fillDisk(node: NodePlan): void {
  try {
    for (;;) writeFileSync(ballast(node), BLOCK, { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

export function emptyDisk(node: NodePlan): void {
  rmSync(ballast(node), { force: true });
}

function ballast(node: NodePlan): string {
  return join(diskOf(node), 'ballast');
}

function diskOf({ configFile }: NodePlan): string {
  return join(dirname(configFile), 'disk');
}

// A second network namespace: the pods' side and the far end of the wire. It lives as long as a process holds it.
import { execFileSync, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ip } from './devices.ts';

const POLL_MS = 2;
const PATIENCE_MS = 5_000;

export interface OtherNetns extends Disposable {
  /** For setns. */
  readonly path: string;
  /** Moves the devices there and sets them up. */
  adopt(devices: readonly string[]): void;
}

export async function openOtherNetns(): Promise<OtherNetns> {
  const holder = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
  const pid = holder.pid;
  if (pid === undefined) throw new Error('unshare could not be started');
  const path = `/proc/${pid}/ns/net`;
  const deadline = Date.now() + PATIENCE_MS;
  while (readlinkSync(path) === readlinkSync('/proc/self/ns/net')) {
    if (Date.now() > deadline) throw new Error('unshare made no network namespace');
    await sleep(POLL_MS);
  }
  return {
    path,
    adopt: devices => {
      ip(devices.map(name => `link set ${name} netns ${pid}`));
      for (const name of devices) execFileSync('nsenter', [`--net=${path}`, 'ip', 'link', 'set', name, 'up']);
    },
    [Symbol.dispose]: () => void holder.kill('SIGKILL'),
  };
}

// A second network namespace: the pods' side and the far end of the wire. It exists as long as a process holds
// it, and that dies with us.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ip } from './devices.ts';

/** Without IPv6 the far ends' own stack says nothing; frames are sent and taken below it. */
const SILENT_HOLDER = 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6; exec sleep infinity';

const POLL_MS = 2;
const PATIENCE_MS = 60_000;

export interface OtherNetns extends Disposable {
  /** For setns. */
  readonly path: string;
  /** Moves the devices there and sets them up. */
  adopt(devices: readonly string[]): void;
}

export async function openOtherNetns(): Promise<OtherNetns> {
  const holder = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--net', 'sh', '-c', SILENT_HOLDER], {
    stdio: 'ignore',
  });
  const pid = holder.pid;
  if (pid === undefined) throw new Error('setpriv could not be started');
  const path = `/proc/${pid}/ns/net`;
  const deadline = Date.now() + PATIENCE_MS;
  while (readFileSync(`/proc/${pid}/comm`, 'utf8') !== 'sleep\n') {
    if (Date.now() > deadline) throw new Error('no second network namespace came up');
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

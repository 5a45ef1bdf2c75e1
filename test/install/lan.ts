// The network between the machines: a bridge of this run's own namespace.
import { execFileSync, spawnSync } from 'node:child_process';
import { until } from '../support/until.ts';
import type { Machine } from './machine.ts';

const BRIDGE = 'lan';

/** Connects the machines by devices that they see as eth0. */
export async function connect(machines: readonly Machine[]): Promise<void> {
  ip('link', 'add', BRIDGE, 'type', 'bridge');
  ip('link', 'set', BRIDGE, 'up');
  for (const { name, pid, address } of machines) {
    ip('link', 'add', name, 'master', BRIDGE, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
    ip('link', 'set', name, 'up');
    const inside = (...words: string[]): void => {
      execFileSync('nsenter', [`--target=${pid}`, '--net', 'ip', ...words]);
    };
    inside('address', 'add', `${address}/24`, 'dev', 'eth0');
    inside('link', 'set', 'eth0', 'up');
  }
  for (const machine of machines) await hasAddresses(machine);
}

/** Also where not everything is there. The kernel would take a while to remove devices of a machine that has ended. */
export function disconnect(machines: readonly Machine[]): void {
  for (const device of [...machines.map(({ name }) => name), BRIDGE])
    spawnSync('ip', ['link', 'delete', device], { stdio: 'ignore' });
}

function ip(...words: string[]): void {
  execFileSync('ip', words);
}

/** DAD of the link-local addresses takes a moment, and their routes come with its end. */
async function hasAddresses(machine: Machine): Promise<void> {
  const isSo = async (): Promise<boolean> =>
    (await machine.run('ip -6 address show dev eth0 tentative')) === '' &&
    (await machine.run('ip -6 address show dev eth0')) !== '';
  if (!(await until(isSo))) throw new Error(`${machine.name}: eth0 has no address`);
}

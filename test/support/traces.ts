// Everything of a machine that a lab could leave its traces in.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

/** Lines that begin with a name of the lab's, or mention it: empty when nothing of it is left. */
export function tracesOf(lab: string): string[] {
  const places = [
    ...namesIn('/run/netns'),
    ...namesIn('/run/heddle-lab').map(name => `-${name}-`),
    ...namesIn('/sys/fs/bpf'),
    ...output('ip', ['-o', 'link', 'show']),
    ...output('ps', ['-eo', 'args']),
  ];
  return places.filter(line => line.includes(`-${lab}-`) || line.includes(`/${lab}/`));
}

/** Links of this namespace, mounts, and the rules of its firewall: what no lab may touch. */
export function machineState(): string[] {
  return [
    ...output('ip', ['-o', 'link', 'show']).filter(line => !line.includes('veth')),
    ...output('ip', ['route', 'show', 'table', 'all']),
    ...output('nft', ['list', 'ruleset']),
  ];
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function output(command: string, args: readonly string[]): string[] {
  return execFileSync(command, args, { encoding: 'utf8' }).trim().split('\n');
}

// Runs iproute2 commands in batches.
import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { isIpv6 } from 'ip';
import { withPrefixLength } from './family.ts';

/** Runs `ip` commands inside a namespace; throws with the message of the first that fails. */
export function ipIn(netns: string, commands: readonly string[]): void {
  run('ip', ['-n', basename(netns), '-batch', '-'], `${commands.join('\n')}\n`);
}

/** The command that gives a device an address of a lab's subnet. */
export function addAddress(device: string, address: string): string {
  return `address add ${withPrefixLength(address)} dev ${device}${isIpv6(address) ? ' nodad' : ''}`;
}

/** Runs `ethtool -K` for devices of a namespace; throws with its message. */
export function setFeatures(netns: string, features: Readonly<Record<string, readonly string[]>>): void {
  const commands = Object.entries(features).map(
    ([device, words]) => `ethtool -K ${device} ${words.join(' ')}`,
  );
  if (commands.length > 0) run('nsenter', [`--net=${netns}`, 'sh', '-e'], `${commands.join('\n')}\n`);
}

/** Loads nftables rules into a namespace. */
export function nftIn(netns: string, rules: string): void {
  run('nsenter', [`--net=${netns}`, 'nft', '-f', '-'], rules);
}

/** Makes a namespace, with its loopback up and no waiting for its own addresses (IPv6 DAD takes seconds). */
export function addNetns(netns: string): void {
  run('ip', ['netns', 'add', basename(netns)]);
  ipIn(netns, ['link set lo up']);
  writeSysctls(netns, { 'net.ipv6.conf.default.accept_dad': '0' });
}

/** The kernel removes its links. A missing namespace is not an error. */
export function removeNetns(netns: string): void {
  try {
    execFileSync('ip', ['netns', 'delete', basename(netns)], { stdio: 'ignore' });
  } catch {
    // it was never made, or is gone
  }
}

/** /proc/sys/net shows the reader's namespace. */
export function writeSysctls(netns: string, values: Readonly<Record<string, string>>): void {
  const settings = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  run('nsenter', [`--net=${netns}`, 'sysctl', '-q', '-w', ...settings]);
}

function run(command: string, args: readonly string[], input = ''): void {
  execFileSync(command, args, { input, stdio: ['pipe', 'ignore', 'pipe'] });
}

// What a machine holds that an install could leave behind: files with its name or in folders where it writes, and what
// the network is made of.
import type { Machine } from './machine.ts';

const LOOKS: Readonly<Record<string, string>> = {
  device: 'ip -o link | cut -d: -f2 | cut -d@ -f1',
  route: 'ip route show table all; ip -6 route show table all',
  rule: 'ip rule; ip -6 rule',
  'BPF file': 'find /sys/fs/bpf -mindepth 1',
  'file in memory': 'find /run /tmp -xdev -name "*heddle*"',
  cgroup: 'find /sys/fs/cgroup -name "*heddle*"',
  unit: 'systemctl list-unit-files --no-legend "heddle*"; systemctl list-units --all --no-legend "heddle*"',
  package: 'dpkg-query --show "heddle*" 2>/dev/null || true',
  process: 'pgrep --list-full heddle || true',
  // A module that came with the first rule has settings, which then are everywhere.
  sysctl: String.raw`sysctl -a 2>/dev/null | grep -E '^net\.(ipv4|ipv6|core)\.' | grep -vE '\.(netfilter|fib_sync_mem|.*_mem|stat_refresh)|fs\.|random'`,
};
/** Also empty folders, but where runtimes make them; what the operator has copied to /root stays there. */
const FILES = `{ find / -xdev -iname '*heddle*'; find /etc/cni /usr/lib/cni /opt -not -type d
grep -rIl heddle /etc; } 2>/dev/null | grep -v '^/root/' | sort -u`;
/** The same way for paths that a merged /usr has twice. */
const OWNED = `cat /var/lib/dpkg/info/*.list | sed -E 's#^/(bin|sbin|lib|lib64)/#/usr/\\1/#'`;

/** A line each. */
export async function stateOf(machine: Machine): Promise<string[]> {
  const lines: string[] = [];
  for (const [noun, command] of Object.entries(LOOKS))
    lines.push(...linesOf(await machine.run(command)).map(line => `${noun}: ${line}`));
  const owned = new Set(linesOf(await machine.run(OWNED)));
  const files = linesOf(await machine.run(FILES)).filter(path => !owned.has(path));
  return [...lines, ...files.map(path => `file: ${path}`)];
}

/** What there is now and was not before, or the other way round. */
export async function changedSince(before: readonly string[], machine: Machine): Promise<string[]> {
  const now = await stateOf(machine);
  const [then, since] = [new Set(before), new Set(now)];
  return [
    ...now.filter(line => !then.has(line)).map(line => `+ ${line}`),
    ...before.filter(line => !since.has(line)).map(line => `- ${line}`),
  ].map(line => `${machine.name}: ${line}`);
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
}

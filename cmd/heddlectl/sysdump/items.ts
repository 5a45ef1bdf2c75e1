// What a dump is made of: commands of heddlectl, of the machine, and files.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MAPS } from '../../../loader/abi/abi.gen.ts';
import { MAP_NAMES } from '../../../loader/abi/map-set.ts';
import { adviceFor, surroundings } from '../../../loader/config/advice.ts';
import { DEFAULT_CONFIG_PATH, type Config } from '../../../loader/config.ts';
import type { Target } from '../invocation/target.ts';
import { withoutColours } from '../output/colour.ts';
import { renderTable } from '../output/table.ts';
import { dumpColumns, dumpRows } from '../tables/map-dump.ts';
import { withMaps } from '../tables/pinned.ts';

export interface Item {
  /** In the archive. */
  readonly name: string;
  readonly from:
    | { readonly argv: readonly string[] }
    /** `part: 'end'`: of a file that is too large, the newest. */
    | { readonly path: string; readonly part: 'beginning' | 'end' }
    | { readonly url: string }
    | { readonly read: () => Promise<string> }
    | { readonly missing: string };
}

export interface DumpedInstall {
  /** heddlectl of the same install, up to its first word. */
  readonly heddlectl: readonly string[];
  /** Without a configuration where it is refused. */
  readonly target: Target;
  /** Of the runtime; undefined: the node has none. */
  readonly cniDirectory: string | undefined;
  /** Of a lab's daemon, which has no journal. */
  readonly logFile: string | undefined;
}

const SYSCTLS = ['ipv4/conf', 'ipv4/ip_forward', 'ipv6/conf'].map(name => `/proc/sys/net/${name}`);
const MAX_RECORDS = 2_000;
/** Below the archive's folder, and its folder of records. */
const MAX_NAME_BYTES = 60;
const CUT_NAME_BYTES = 50;
/** Of a map. */
const MAX_ROWS = 20_000;

export function itemsOf(install: DumpedInstall): Item[] {
  return [
    ...heddlectlItems(install.heddlectl),
    ...mapItems(install.target),
    ...machineItems(),
    ...fileItems(install),
    logItem(install.logFile),
    metricsItem(install.target.config),
  ];
}

function heddlectlItems(heddlectl: readonly string[]): Item[] {
  const printed = (name: string, ...words: readonly string[]): Item => ({
    name,
    from: { argv: [...heddlectl, ...words] },
  });
  return [
    printed('status.txt', 'status'),
    printed('status.json', 'status', '-p'),
    printed('doctor.txt', 'doctor'),
    printed('version.txt', 'version'),
    printed('stats.txt', 'stats'),
    printed('nodes.txt', 'node', 'list'),
    printed('endpoints.txt', 'endpoint', 'list'),
    printed('routes.txt', 'route', 'list'),
    printed('conntrack.txt', 'conntrack', 'list'),
    // a stream has no end of its own while the daemon hangs
    { name: 'history.txt', from: { argv: ['timeout', '10', ...heddlectl, 'monitor', '--last', '5m'] } },
    printed('policies.txt', 'policy', 'list'),
    printed('programs.txt', 'prog', 'list'),
    printed('links.txt', 'link', 'list'),
    printed('maps.txt', 'map', 'list'),
  ];
}

/** In this process: a run of heddlectl for each map would take longer than all others. */
function mapItems(target: Target): Item[] {
  // Reading a ring buffer would take its records from the daemon.
  const names = MAP_NAMES.filter(name => MAPS[name].typeName !== 'RINGBUF');
  return names.map(name => ({
    name: `maps/${name}.txt`,
    from: {
      read: () =>
        withMaps(target, maps =>
          withoutColours(renderTable(dumpRows(maps, name, MAX_ROWS), dumpColumns(name))),
        ),
    },
  }));
}

/** Of the network namespace that this runs in. The image has no iproute2: what is not installed is told as missing. */
function machineItems(): Item[] {
  const printed = (name: string, ...argv: readonly string[]): Item => ({
    name: `machine/${name}.txt`,
    from: { argv },
  });
  const file = (path: string, name: string): Item => ({
    name: `machine/${name}.txt`,
    from: { path, part: 'beginning' },
  });
  return [
    printed('uname', 'uname', '-a'),
    printed('nft', 'nft', 'list', 'ruleset'),
    printed('iptables', 'iptables-save'),
    printed('ip6tables', 'ip6tables-save'),
    printed('links', 'ip', '-d', '-s', 'link'),
    printed('addresses', 'ip', 'address'),
    printed('routes4', 'ip', '-4', '-d', 'route', 'show', 'table', 'all'),
    printed('routes6', 'ip', '-6', '-d', 'route', 'show', 'table', 'all'),
    printed('rules', 'sh', '-c', 'ip -4 rule; ip -6 rule'),
    printed('neighbours', 'ip', 'neighbour'),
    printed('sockets', 'ss', '-tulnp'),
    // stable_secret hides where an address was made (RFC 7217); reading one that is not set is an error
    printed('sysctls', 'grep', '-r', '--exclude=stable_secret', '.', ...SYSCTLS),
    file('/etc/os-release', 'os-release'),
    file('/proc/meminfo', 'memory'),
    file('/proc/net/route', 'proc-net-route'),
    file('/proc/net/ipv6_route', 'proc-net-ipv6-route'),
    file('/proc/net/dev', 'proc-net-dev'),
  ];
}

function fileItems({
  target: { config, configFile = DEFAULT_CONFIG_PATH },
  cniDirectory,
}: DumpedInstall): Item[] {
  return [
    { name: 'config/heddled.yaml', from: { path: configFile, part: 'beginning' } },
    ...(cniDirectory === undefined ? [] : filesIn(cniDirectory, 'cni')),
    ...(config === undefined
      ? []
      : [
          ...filesIn(config.stateDir, 'state'),
          ...filesIn(join(config.stateDir, 'attachments'), 'state/attachments'),
        ]),
  ];
}

/** Regular files. */
function filesIn(directory: string, folder: string): Item[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .sort()
    .filter(name => statSync(join(directory, name), { throwIfNoEntry: false })?.isFile() === true)
    .slice(0, MAX_RECORDS)
    .map((name, i) => ({
      name: `${folder}/${archiveName(name, i)}`,
      from: { path: join(directory, name), part: 'beginning' },
    }));
}

/** Names that are too long for the archive are cut, and told apart by a number. */
export function archiveName(name: string, number: number): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  return `${Buffer.from(name).subarray(0, CUT_NAME_BYTES).toString()}~${number}`;
}

function logItem(logFile: string | undefined): Item {
  const where = surroundings();
  if (logFile !== undefined) return { name: 'log.txt', from: { path: logFile, part: 'end' } };
  if (where.kind === 'pod')
    return {
      name: 'log.txt',
      from: { missing: `the log of a pod is its runtime's: ${adviceFor(where).log}` },
    };
  const argv = ['journalctl', '--unit', 'heddled', '--lines', '20000', '--no-pager', '--output', 'short-iso'];
  return { name: 'log.txt', from: { argv } };
}

function metricsItem(config: Config | undefined): Item {
  const listen = config?.metrics.listen ?? 'off';
  return {
    name: 'metrics.txt',
    from: listen === 'off' ? { missing: 'metrics.listen is off' } : { url: `http://${listen}/metrics` },
  };
}

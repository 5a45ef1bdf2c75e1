// flannel's files on a node: the subnet that it wrote down, its network configuration, what its plugins remember of pods.
import { existsSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ADDRESS_BITS, type Cidr, cidrOf, familyOf, tryParseAddr } from 'ip';
import { cniConfigurations, type CniConfiguration } from './cni-configurations.ts';
import { FLANNEL_BRIDGE } from './flannel-names.ts';
import type { Remain } from './remain.ts';

export interface FlannelPaths {
  /** flannel's: /run/flannel/subnet.env; undefined: flannel never ran on this node. */
  readonly subnetFile: string | undefined;
  /** The container runtime's network configurations; undefined: this node has no runtime. */
  readonly confDir: string | undefined;
  /** host-local's: a folder a network; undefined: it gave no addresses on this node. */
  readonly hostLocalDir: string | undefined;
}

export interface FlannelFiles {
  /** The cluster's pod CIDRs, and this node's, as flannel had them; empty: unknown. */
  readonly networks: readonly Cidr[];
  readonly subnets: readonly Cidr[];
  readonly configurations: readonly CniConfiguration[];
  /** Name of the bridge, which the configuration may name. */
  readonly bridge: string;
  /** Names of the networks. */
  readonly names: readonly string[];
  /** One sentence for each configuration of others. */
  readonly foreign: readonly string[];
}

interface Conflist {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly delegate?: { readonly bridge?: unknown };
  readonly plugins?: readonly {
    readonly type?: unknown;
    readonly delegate?: { readonly bridge?: unknown };
  }[];
}

/** Of kube-flannel's manifest. */
const NETWORK_NAME = 'cbr0';
const OURS = 'heddle-cni';
/** What CNI demands of a network's name; host-local makes a folder of it. */
const NAME = /^[A-Za-z0-9][\w.-]*$/;

export function readFlannelFiles({ subnetFile, confDir }: FlannelPaths): FlannelFiles {
  const environment = readEnvironment(subnetFile);
  const configurations = confDir === undefined ? [] : cniConfigurations(confDir);
  const own = configurations.filter(({ plugins }) => plugins?.includes('flannel'));
  const contents = own.map(({ path }) => JSON.parse(readFileSync(path, 'utf8')) as Conflist);
  const bridges = contents.flatMap(({ delegate, plugins = [] }) =>
    [delegate, ...plugins.map(plugin => plugin.delegate)].flatMap(each => each?.bridge ?? []),
  );
  const names = contents
    .map(({ name }) => name)
    .filter(name => typeof name === 'string')
    .filter(name => NAME.test(name));
  return {
    networks: cidrsIn(environment, /^FLANNEL_(IPV6_)?NETWORK$/),
    subnets: cidrsIn(environment, /^FLANNEL_(IPV6_)?SUBNET$/),
    configurations: own,
    bridge: bridges.find(bridge => typeof bridge === 'string') ?? FLANNEL_BRIDGE,
    names: [...new Set([NETWORK_NAME, ...names])],
    foreign: configurations
      .filter(({ plugins }) => plugins?.some(type => type === 'flannel' || type === OURS) !== true)
      .map(
        ({ path, plugins = ['nothing'] }) =>
          `${path} names ${plugins.join(', ')}, which is not flannel: it stays`,
      ),
  };
}

export function findFlannelFiles(
  { configurations, names }: FlannelFiles,
  { subnetFile, hostLocalDir }: FlannelPaths,
): Remain[] {
  const given = hostLocalDir === undefined ? [] : names.map(name => join(hostLocalDir, name));
  const pluginDirs = hostLocalDir === undefined ? [] : [flannelPluginDir(hostLocalDir)];
  return [
    ...configurations.map(({ path }) => fileRemain(path, "flannel's network configuration")),
    ...(subnetFile !== undefined && isFile(subnetFile) ? [subnetRemain(subnetFile)] : []),
    ...given
      .filter(existsSync)
      .map(path => fileRemain(path, "addresses that host-local has given to flannel's pods")),
    ...pluginDirs.filter(existsSync).map(path => fileRemain(path, "what flannel's plugin remembers of pods")),
  ];
}

/** Of the plugin flannel, a file a container: it keeps them beside those of host-local. */
export function flannelPluginDir(hostLocalDir: string): string {
  return join(dirname(hostLocalDir), 'flannel');
}

function readEnvironment(path: string | undefined): ReadonlyMap<string, string> {
  if (path === undefined || !isFile(path)) return new Map();
  const lines = readFileSync(path, 'utf8').split('\n');
  return new Map(
    lines.flatMap(line => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line.trim()) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** A container runtime makes a directory where a mounted file is missing. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The subnet is written as the bridge's address: 10.244.1.1/24. */
function cidrsIn(environment: ReadonlyMap<string, string>, name: RegExp): Cidr[] {
  const texts = [...environment].filter(([key]) => name.test(key)).flatMap(([, text]) => text.split(','));
  return texts.flatMap(text => {
    const [address = '', length = ''] = text.split('/');
    const addr = tryParseAddr(address);
    if (addr === undefined || !/^\d{1,3}$/.test(length)) return []; // half written, or another program's
    return Number(length) > ADDRESS_BITS[familyOf(addr)] ? [] : cidrOf(addr, Number(length));
  });
}

function fileRemain(path: string, what: string): Remain {
  return { subject: path, what, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function subnetRemain(path: string): Remain {
  const file = fileRemain(path, "flannel's subnet of this node");
  return {
    ...file,
    remove: () => {
      void file.remove();
      try {
        rmdirSync(dirname(path));
      } catch {
        // it has files of others, or is mounted into this container
      }
    },
  };
}

// The network configurations in a container runtime's directory, in the runtime's order: it uses the first.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where container runtimes look for them, unless they are told otherwise. */
export const CNI_DIRECTORY = '/etc/cni/net.d';

export interface CniConfiguration {
  /** File name. */
  readonly name: string;
  readonly path: string;
  /** Types of its plugins; undefined: it is not a network configuration. */
  readonly plugins: readonly string[] | undefined;
  /** Of the daemon that its heddle-cni calls; absent: it has no such plugin. */
  readonly socket?: string;
}

export const PLUGIN = 'heddle-cni';
/** Where the plugin looks for its daemon when its configuration names no socket (cmd/heddle-cni/netconf.c). */
const DEFAULT_SOCKET = '/run/heddle/heddled.sock';
/** Files that libcni reads, ordered by name. */
const CONFIGURATION = /\.(conf|conflist|json)$/;
/** Plugins that call another configuration's: pods' first network is not theirs. */
const DELEGATING = new Set(['multus', 'multus-shim', 'genie', 'danm', 'nsm']);

/** Empty also if there is no such directory. */
export function cniConfigurations(directory: string): readonly CniConfiguration[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter(name => CONFIGURATION.test(name))
    .sort()
    .map(name => ({ name, path: join(directory, name), ...contentOf(join(directory, name)) }));
}

/** A sentence if the runtime uses another configuration than `name`; undefined: it uses that one, or nothing is there. */
export function foreignFirst(directory: string, name: string, socket: string): string | undefined {
  const [first] = cniConfigurations(directory);
  if (first === undefined || first.name >= name) return undefined;
  const what = otherNetwork(first, socket);
  if (what === undefined) return undefined;
  const { path } = first;
  return `${path} comes before ${name} and ${what}, so new pods get no network of Heddle: mv ${path} ${path}.disabled`;
}

/** Once ours is gone: what the runtime uses from now on, a sentence without its subject. */
export function nextConfiguration(
  directory: string,
): { readonly path: string; readonly use: string } | undefined {
  const [next] = cniConfigurations(directory);
  if (next === undefined) return undefined;
  const { path, plugins = [] } = next;
  if (plugins.includes(PLUGIN))
    return { path, use: `stays and names ${PLUGIN}, so no pod can be added: rm ${path}` };
  if (plugins.length === 0) return { path, use: `stays and is not a network configuration: rm ${path}` };
  return {
    path,
    use: `stays, and new pods get their network from it (${plugins.join(', ')}): rm ${path} if it is an old one`,
  };
}

/** What keeps its pods from the daemon on `socket`: half a sentence. */
export function otherNetwork(
  { plugins, socket: named }: CniConfiguration,
  socket: string,
): string | undefined {
  if (plugins === undefined) return 'is not a network configuration';
  if (plugins.some(type => DELEGATING.has(type))) return undefined;
  if (named === undefined) return `names ${plugins.join(', ')}`;
  return isSameSocket(named, socket)
    ? undefined
    : `names ${PLUGIN} with the socket ${named}, and not ${socket}`;
}

/** /var/run is /run where systemd is, also in view of a container that has only one of them. */
function isSameSocket(a: string, b: string): boolean {
  const [one, other] = [a, b].map(path => path.replace(/^\/var\/run\//, '/run/'));
  return one === other;
}

interface PluginConfiguration {
  readonly type?: unknown;
  readonly socket?: unknown;
}

function contentOf(path: string): Pick<CniConfiguration, 'plugins' | 'socket'> {
  try {
    const list = JSON.parse(readFileSync(path, 'utf8')) as PluginConfiguration & {
      plugins?: readonly PluginConfiguration[];
    };
    const all = [list, ...(list.plugins ?? [])].filter(({ type }) => typeof type === 'string');
    const own = all.find(({ type }) => type === PLUGIN);
    const socket = typeof own?.socket === 'string' ? own.socket : DEFAULT_SOCKET;
    const plugins = all.map(({ type }) => String(type));
    return { plugins: plugins.length === 0 ? undefined : plugins, ...(own !== undefined && { socket }) };
  } catch {
    return { plugins: undefined }; // the runtime cannot read it either
  }
}

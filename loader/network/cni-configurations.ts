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
}

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
    .map(name => ({ name, path: join(directory, name), plugins: pluginsOf(join(directory, name)) }));
}

/** A sentence if the runtime uses another configuration than `name`; undefined: it uses that one, or nothing is there. */
export function foreignFirst(directory: string, name: string): string | undefined {
  const [first] = cniConfigurations(directory);
  if (first === undefined || first.name >= name) return undefined;
  const { path, plugins } = first;
  if (plugins?.some(type => DELEGATING.has(type) || type === 'heddle-cni') === true) return undefined;
  const what = plugins === undefined ? 'is not a network configuration' : `names ${plugins.join(', ')}`;
  return `${path} comes before ${name} and ${what}, so new pods get no network of Heddle: mv ${path} ${path}.disabled`;
}

function pluginsOf(path: string): string[] | undefined {
  try {
    const { type, plugins } = JSON.parse(readFileSync(path, 'utf8')) as {
      type?: unknown;
      plugins?: readonly { type?: unknown }[];
    };
    const types = [type, ...(plugins ?? []).map(plugin => plugin.type)].filter(
      one => typeof one === 'string',
    );
    return types.length === 0 ? undefined : types;
  } catch {
    return undefined; // the runtime cannot read it either
  }
}

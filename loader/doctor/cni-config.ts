// The container runtime takes the first network configuration of its directory: that must be Heddle's.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findingsOf, type Finding } from './finding.ts';
import type { Patient } from './patient.ts';

const PLUGIN = 'heddle-cni';
/** As libcni reads them, in the order of names. */
const CONFIGURATION = /\.(conf|conflist|json)$/;

const { ok, warning, error } = findingsOf('cni');

export function checkCniConfig({ cniDirectory }: Patient): Finding[] {
  return cniDirectory === undefined ? [] : checkDirectory(cniDirectory);
}

function checkDirectory(cniDirectory: string): Finding[] {
  const files = (existsSync(cniDirectory) ? readdirSync(cniDirectory) : [])
    .filter(name => CONFIGURATION.test(name))
    .sort();
  const types = new Map(files.map(name => [name, pluginsOf(join(cniDirectory, name))]));
  const [first] = files;
  if (first === undefined) return [ok(`no network configuration is in ${cniDirectory}`)];
  const plugins = types.get(first);
  if (plugins === undefined)
    return [
      error(
        `${join(cniDirectory, first)} comes first and is no network configuration`,
        disable(cniDirectory, first),
      ),
    ];
  if (plugins.includes(PLUGIN)) return [ok(`${join(cniDirectory, first)} comes first and names ${PLUGIN}`)];
  const said = `${join(cniDirectory, first)} comes first and names ${plugins.join(', ')}`;
  const hasOurs = [...types.values()].some(names => names?.includes(PLUGIN));
  if (hasOurs)
    return [error(`${said}, not ${PLUGIN}: pods get their network from it`, disable(cniDirectory, first))];
  return [
    warning(
      `${said}, and no other names ${PLUGIN}: pods get their network from it`,
      disable(cniDirectory, first),
    ),
  ];
}

function disable(directory: string, name: string): string {
  const path = join(directory, name);
  return `mv ${path} ${path}.disabled`;
}

/** Types of its plugins; undefined if it is none. */
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
    return undefined; // unreadable for us is unreadable for the runtime
  }
}

// Checks that Heddle's is the first network configuration of the container runtime's directory: the runtime uses the first.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findingsOf, type Finding } from './finding.ts';
import type { DoctorContext } from './doctor-context.ts';

const PLUGIN = 'heddle-cni';
/** Files that libcni reads, ordered by name. */
const CONFIGURATION = /\.(conf|conflist|json)$/;

const { ok, warning, error } = findingsOf('cni');

export function checkCniConfig({ cniDirectory }: DoctorContext): Finding[] {
  return cniDirectory === undefined ? [] : checkDirectory(cniDirectory);
}

function checkDirectory(cniDirectory: string): Finding[] {
  const files = (existsSync(cniDirectory) ? readdirSync(cniDirectory) : [])
    .filter(name => CONFIGURATION.test(name))
    .sort();
  const types = new Map(files.map(name => [name, pluginsOf(join(cniDirectory, name))]));
  const [first] = files;
  if (first === undefined) return [ok(`${cniDirectory} has no network configuration`)];
  const plugins = types.get(first);
  if (plugins === undefined)
    return [
      error(
        `${join(cniDirectory, first)} comes first and is not a network configuration`,
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
      `${said}, and no other file names ${PLUGIN}: pods get their network from it`,
      disable(cniDirectory, first),
    ),
  ];
}

function disable(directory: string, name: string): string {
  const path = join(directory, name);
  return `mv ${path} ${path}.disabled`;
}

/** Plugin types; undefined if the file is not a network configuration. */
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

// Checks that Heddle's is the first network configuration of the container runtime's directory: the runtime uses the first.
import { cniConfigurations, otherNetwork, PLUGIN } from '../network/cni-configurations.ts';
import { findingsOf, type Finding } from './finding.ts';
import type { DoctorContext } from './doctor-context.ts';

const { ok, warning, error } = findingsOf('cni');

export function checkCniConfig({ cniDirectory, config }: DoctorContext): Finding[] {
  return cniDirectory === undefined ? [] : checkDirectory(cniDirectory, config.socket);
}

function checkDirectory(cniDirectory: string, socket: string): Finding[] {
  const configurations = cniConfigurations(cniDirectory);
  const [first] = configurations;
  if (first === undefined) return [ok(`${cniDirectory} has no network configuration`)];
  const { path, plugins } = first;
  if (plugins === undefined)
    return [error(`${path} comes first and is not a network configuration`, disable(path))];
  if (plugins.includes(PLUGIN)) {
    const what = otherNetwork(first, socket);
    return what === undefined
      ? [ok(`${path} comes first and names ${PLUGIN}`)]
      : [error(`${path} comes first and ${what}: no pod can be added`, disable(path))];
  }
  const said = `${path} comes first and names ${plugins.join(', ')}`;
  const hasOurs = configurations.some(one => one.plugins?.includes(PLUGIN));
  if (hasOurs) return [error(`${said}, not ${PLUGIN}: pods get their network from it`, disable(path))];
  return [
    warning(`${said}, and no other file names ${PLUGIN}: pods get their network from it`, disable(path)),
  ];
}

function disable(path: string): string {
  return `mv ${path} ${path}.disabled`;
}

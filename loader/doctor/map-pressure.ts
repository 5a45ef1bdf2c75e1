// Checks the occupancy of the maps: a full map refuses new rows or evicts others.
import { MAPS, type MapName } from '../abi/abi.gen.ts';
import { MAP_NAMES, type MapSet } from '../abi/map-set.ts';
import type { Config } from '../config.ts';
import { mapUsage } from '../tables/map-usage.ts';
import { findingsOf, orOk, type Finding } from './finding.ts';
import { hasPinnedMaps } from '../programs/pinned-maps.ts';
import { RESTART_DAEMON, type DoctorContext } from './doctor-context.ts';

/** Share of a map's capacity. */
export const WARN_FROM = 0.8;

/** Configuration key of each map's size. */
const SETTINGS: Readonly<Partial<Record<MapName, keyof Config['maps']>>> = {
  hd_endpoint: 'endpoints',
  hd_route: 'routes',
  hd_ct: 'conntrack',
  hd_ct_unassured: 'conntrack',
  hd_cidr: 'cidrs',
  hd_policy_peer: 'policyPeers',
  hd_rule_set: 'ruleSets',
  hd_rule: 'rules',
  hd_policy_name: 'policies',
};

const { ok, warning, error } = findingsOf('maps');

/** A node that was never set up has none, which is no problem. */
export function checkMaps({ maps, mapProblem, config, heddlectl }: DoctorContext): Finding[] {
  if (maps === undefined)
    return mapProblem !== undefined && hasPinnedMaps(config.pinRoot)
      ? [error(mapProblem, RESTART_DAEMON)]
      : [];
  const names = MAP_NAMES.filter(canFill);
  const problems = names.flatMap(name => pressureOf(maps, name, heddlectl));
  return orOk(problems, ok(`no map is fuller than ${WARN_FROM * 100} %`));
}

/** Not arrays, which are always full, ring buffers, which are drained, LRU maps, which evict, and what only counts: a full one refuses no packet. */
export function canFill(name: MapName): boolean {
  const { typeName: type, kind } = MAPS[name];
  return !type.startsWith('LRU') && !type.endsWith('ARRAY') && type !== 'RINGBUF' && kind !== 'counting';
}

function pressureOf(maps: MapSet, name: MapName, heddlectl: string): Finding[] {
  const { entries = 0, maxEntries } = mapUsage(maps, name);
  const share = entries / maxEntries;
  if (share < WARN_FROM) return [];
  const setting = SETTINGS[name];
  const larger = setting === undefined ? '' : `; maps.${setting} in the configuration makes it larger`;
  const text = `${name} is ${Math.floor(share * 100)} % full, ${entries} of ${maxEntries}${larger}`;
  const command = remedy(name, heddlectl);
  return [share < 1 ? warning(text, command) : error(`${text}; ${consequence(name)}`, command)];
}

/** If hd_ct is full, further flows stay in hd_ct_unassured, where newer ones can evict them. */
function consequence(name: MapName): string {
  return name === 'hd_ct' ? 'further connections can be evicted by a flood' : 'new rows are refused';
}

/** Flows can be deleted; rows of cluster state cannot. */
function remedy(name: MapName, heddlectl: string): string | undefined {
  if (MAPS[name].kind === 'stateful') return `${heddlectl} conntrack flush`;
  return undefined;
}

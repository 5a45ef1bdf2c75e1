// Whether a pinned program is the very one that would be loaded: then it stays, and nothing changes.
import { mapById, type BpfMap, type Program } from 'libbpf-ts';
import type { MapName } from '../abi/abi.gen.ts';
import { errorCode } from './failure.ts';
import type { HookObject } from './objects.ts';
import { openPinnedProgram } from './pinned-programs.ts';
import { CONFIG_SECTION, configBytes } from './settings.ts';

export interface AdoptionTerms {
  readonly pinRoot: string;
  /** Open maps that the program must share. */
  readonly maps: ReadonlyMap<MapName, BpfMap>;
  readonly variables: Record<string, unknown>;
}

/**
 * The program pinned for the object's hook if it was loaded from these bytes, with these settings and over these
 * maps; the caller owns it. Its constants hold the object's hash, so that no record beside the program can be stale.
 */
export function adoptProgram(object: HookObject, terms: AdoptionTerms): Program | undefined {
  const wanted = configBytes(object, terms.variables);
  const declared = [...object.spec.maps.keys()].map(name => terms.maps.get(name as MapName));
  if (wanted === undefined || declared.includes(undefined)) return undefined;
  const program = openPinnedProgram(terms.pinRoot, object.hook);
  if (program === undefined) return undefined;
  const shared = new Set(declared.map(map => map?.info.id));
  const others = program.info().mapIds.filter(id => !shared.has(id));
  if (others.length === 1 && others.every(id => holdsConfig(id, wanted))) return program;
  program[Symbol.dispose]();
  return undefined;
}

/** A map of none of our names is the constants' one, or the program is over other maps than ours. */
function holdsConfig(mapId: number, wanted: Uint8Array): boolean {
  try {
    using map = mapById(mapId);
    if (map.name !== CONFIG_SECTION || map.info.valueSize !== wanted.byteLength) return false;
    const bytes = map.get(new Uint8Array(4));
    return bytes !== undefined && Buffer.compare(bytes, wanted) === 0;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false; // gone between two calls
    throw error;
  }
}

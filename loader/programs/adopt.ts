// Adopts a pinned program if it is the one that would be loaded: same object, constants and maps.
import { mapById, type BpfMap, type Program } from 'libbpf-ts';
import type { MapName } from '../abi/abi.gen.ts';
import { errorCode } from './failure.ts';
import type { HookObject } from './objects.ts';
import { openPinnedProgram } from './pinned-programs.ts';
import { CONFIG_SECTION, configBytes } from './program-constants.ts';

export interface AdoptionOptions {
  readonly pinRoot: string;
  /** Open maps that the program must share. */
  readonly maps: ReadonlyMap<MapName, BpfMap>;
  readonly variables: Record<string, unknown>;
}

/**
 * The program pinned for the object's hook if it was loaded from these bytes, with these constants and over these
 * maps; the caller owns it. Its constants hold the object's hash, so that no record beside the program can be stale.
 */
export function adoptProgram(object: HookObject, options: AdoptionOptions): Program | undefined {
  const expected = configBytes(object, options.variables);
  const declared = [...object.spec.maps.keys()].map(name => options.maps.get(name as MapName));
  if (expected === undefined || declared.includes(undefined)) return undefined;
  const program = openPinnedProgram(options.pinRoot, object.hook);
  if (program === undefined) return undefined;
  const shared = new Set(declared.map(map => map?.info.id));
  const others = program.info().mapIds.filter(id => !shared.has(id));
  if (others.length === 1 && others.every(id => holdsConfig(id, expected))) return program;
  program[Symbol.dispose]();
  return undefined;
}

/** The program's one map beside the shared ones must be its section of constants. */
function holdsConfig(mapId: number, expected: Uint8Array): boolean {
  try {
    using map = mapById(mapId);
    if (map.name !== CONFIG_SECTION || map.info.valueSize !== expected.byteLength) return false;
    const bytes = map.get(new Uint8Array(4));
    return bytes !== undefined && Buffer.compare(bytes, expected) === 0;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false; // gone between two calls
    throw error;
  }
}

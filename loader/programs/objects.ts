// Reads the compiled programs from disk and checks that they belong to this build.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareLayouts, readObject, type Layout, type MapSpec, type ObjectSpec } from 'libbpf-ts';
import { MAPS, type MapName } from '../abi/abi.gen.ts';
import { HOOK_NAMES, type HookName } from '../abi/hook-name.ts';
import { HeddleError } from '../errors.ts';

export interface HookObject {
  readonly hook: HookName;
  readonly spec: ObjectSpec;
  /** First eight bytes of the file's SHA-256. */
  readonly hash: bigint;
}

/** The folder that contains `<hook>.bpf.o`: beside the running code, or in a build folder above it. */
export function findObjectFolder(from = dirname(fileURLToPath(import.meta.url))): string {
  const probe = join('bpf', `${HOOK_NAMES[0] ?? ''}.bpf.o`);
  for (let folder = from; ; folder = dirname(folder)) {
    for (const candidate of [folder, join(folder, 'build')]) {
      if (existsSync(join(candidate, probe))) return join(candidate, 'bpf');
    }
    if (folder === dirname(folder)) {
      throw new HeddleError(
        'INTERNAL',
        `${probe} was not found in any folder above ${from}: build it with 'make bpf'`,
      );
    }
  }
}

/** Reads one object. Throws INTERNAL if its maps or constants differ from the generated ABI. */
export function readHookObject(hook: HookName, folder: string): HookObject {
  const path = join(folder, `${hook}.bpf.o`);
  const bytes = readFileSync(path);
  const spec = readObject(bytes);
  const differences = [...spec.maps.values()].flatMap(differencesFromAbi);
  if (differences.length > 0) {
    throw new HeddleError(
      'INTERNAL',
      `${path} is of another build than this program: ${differences.join('; ')}`,
    );
  }
  return { hook, spec, hash: createHash('sha256').update(bytes).digest().readBigUInt64BE() };
}

function differencesFromAbi(map: MapSpec): string[] {
  if (!Object.hasOwn(MAPS, map.name)) return [`${map.name} is unknown`];
  const ours = MAPS[map.name as MapName];
  const found = [...compareOptional(ours.key, map.key), ...compareOptional(ours.value, map.value)];
  if (ours.type !== map.type) found.push(`type ${ours.type}, not ${map.type}`);
  return found.map(difference => `${map.name} ${difference}`);
}

function compareOptional(a: Layout | undefined, b: Layout | undefined): string[] {
  return a === undefined || b === undefined ? [] : compareLayouts(a, b);
}

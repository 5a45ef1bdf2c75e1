// One hook's real object, loaded with maps of its own, and run over packets.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadObject, readObject, type LoadedObject, type ObjectSpec } from 'libbpf-ts';
import { CODECS } from './codecs.ts';
import { contextBytes } from './context.ts';
import { risen, snapshot, type Counted, type MetricsMap } from './counters.ts';
import { enumeratorsOf, type Enumerators } from './enumerators.ts';
import { fillMaps, type NamedMap } from './fill-maps.ts';
import type { Given } from './given.ts';
import { SETTINGS } from './settings.ts';
import type { Context, HookName, Settings } from './table.ts';

export interface Outcome {
  /** As a signed number: what the hook answered. */
  readonly action: number;
  readonly packet: Buffer;
  /** Every counter that rose. */
  readonly counted: readonly Counted[];
}

export interface Bench extends Disposable {
  readonly names: Enumerators;
  readonly maps: ReadonlyMap<string, NamedMap>;
  readonly object: LoadedObject;
  fill(given: Given): void;
  run(packet: Buffer, context: Context): Outcome;
}

/** Loads the object of `hook`; whoever calls disposes of it. */
export function openBench(hook: HookName, settings: Settings = {}): Bench {
  const spec = readObject(readFileSync(objectPath(hook)));
  const object = loadObject(spec, {
    name: hook,
    codecs: CODECS,
    variables: knownSettings(spec, { ...SETTINGS, ...settings }),
  });
  const names = enumeratorsOf(spec.btf);
  const maps = object.maps as unknown as ReadonlyMap<string, NamedMap>;
  const metrics = object.map('hd_metrics') as unknown as MetricsMap;
  return {
    names,
    maps,
    object,
    fill: given => fillMaps(maps, given, names),
    run: (packet, context) => {
      const before = snapshot(metrics);
      const result = object
        .program(hook)
        .testRun({ data: packet, context: contextBytes(hook, packet, context) });
      return {
        action: result.returnValue | 0,
        packet: Buffer.from(result.data),
        counted: risen(before, snapshot(metrics), names),
      };
    },
    [Symbol.dispose]: () => object[Symbol.dispose](),
  };
}

/** A program without a use for a setting does not have it. */
function knownSettings(spec: ObjectSpec, settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => spec.variables.has(name)));
}

/** Beside the bundle or in a build folder above it. */
function objectPath(hook: HookName): string {
  const file = join('bpf', `${hook}.bpf.o`);
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = [join(folder, file), join(folder, 'build', file)].find(path => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) throw new Error(`no ${file} here or above: run make bpf`);
  }
}

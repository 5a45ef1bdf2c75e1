// One hook's real object, loaded with maps of its own, and run over packets.
import { loadObject, type LoadedObject } from 'libbpf-ts';
import { actionName, type Action } from './action.ts';
import { CODECS } from './codecs.ts';
import { contextBytes } from './context.ts';
import { countersOf, type Counted } from './counters.ts';
import { declaredBy } from './declared.ts';
import { enumerators, type Enumerators } from './enumerators.ts';
import { fillMaps, fillTables } from './fill-maps.ts';
import type { Given } from './given.ts';
import type { NamedMap } from './map-entry.ts';
import { smallHashMaps } from './map-sizes.ts';
import { constantsOf } from './constants.ts';
import { withTinyMaps } from './tiny-map.ts';
import type { Context, HookName, Constants } from './table.ts';

export interface Outcome {
  /** What the hook answered: a word, or a number that means nothing. */
  readonly action: Action | number;
  readonly packet: Buffer;
  /** Every counter that rose. */
  readonly counted: readonly Counted[];
}

export interface Bench extends Disposable {
  readonly names: Enumerators;
  readonly maps: ReadonlyMap<string, NamedMap>;
  readonly object: LoadedObject;
  fill(given: Given): void;
  /** Everything but what packets have left behind. */
  change(given: Given): void;
  run(packet: Buffer, context: Context): Outcome;
}

/** Loads the object of `hook`; the caller disposes of it. `tiny`: maps with a capacity of one row. */
export function openBench(hook: HookName, constants: Constants = {}, tiny: readonly string[] = []): Bench {
  const { spec, owned, maxEntries } = withTinyMaps(declaredBy(hook), tiny);
  const object = loadObject(spec, {
    maps: owned,
    maxEntries: { ...smallHashMaps(spec), ...maxEntries },
    name: hook,
    codecs: CODECS,
    variables: constantsOf(spec, constants),
  });
  const names = enumerators();
  const maps = object.maps as unknown as ReadonlyMap<string, NamedMap>;
  const counters = countersOf(object.map('hd_metrics'), names);
  return {
    names,
    maps,
    object,
    fill: given => fillMaps(maps, given, names),
    change: given => fillTables(maps, given, names),
    run: (packet, context) => {
      const result = object
        .program(hook)
        .testRun({ data: packet, context: contextBytes(hook, packet, context) });
      return {
        action: actionName(hook, result.returnValue),
        packet: Buffer.from(result.data),
        counted: counters.take(),
      };
    },
    [Symbol.dispose]: () => {
      for (const one of [object, ...owned.values()]) one[Symbol.dispose]();
    },
  };
}

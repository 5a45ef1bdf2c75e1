// Several hooks of node 1 over one set of maps, run over packets one after the other: what one hook enters, another finds.
import { loadObject, type BpfMap, type LoadedObject, type Program } from 'libbpf-ts';
import { actionName } from './action.ts';
import type { Outcome } from './bench.ts';
import { CODECS } from './codecs.ts';
import { contextBytes } from './context.ts';
import { countersOf, type Counters } from './counters.ts';
import { declaredBy } from './declared.ts';
import { enumerators, type Enumerators } from './enumerators.ts';
import { fillMaps, fillTables } from './fill-maps.ts';
import type { Given } from './given.ts';
import type { NamedMap } from './map-entry.ts';
import { smallHashMaps } from './map-sizes.ts';
import { constantsOf } from './constants.ts';
import type { Context, HookName, Constants } from './table.ts';

export interface NodeBench extends Disposable {
  readonly names: Enumerators;
  readonly maps: ReadonlyMap<string, NamedMap>;
  fill(given: Given): void;
  /** Everything but what packets have left behind. */
  change(given: Given): void;
  /** Throws for a hook that is not among the node's. */
  program(hook: HookName): Program;
  run(hook: HookName, packet: Buffer, context: Context): Outcome;
}

/** `maxEntries`: rows of maps that are not to have as many as declared. */
export function openNode(
  hooks: readonly HookName[],
  constants: Constants = {},
  maxEntries: Readonly<Record<string, number>> = {},
): NodeBench {
  const maps = new Map<string, BpfMap>();
  const objects = new Map<HookName, LoadedObject>();
  for (const hook of hooks) {
    const spec = declaredBy(hook);
    const variables = constantsOf(spec, constants);
    const object = loadObject(spec, {
      ...{ name: hook, codecs: CODECS, maps, variables },
      maxEntries: { ...smallHashMaps(spec), ...maxEntries },
    });
    for (const name of spec.maps.keys()) if (!maps.has(name)) maps.set(name, object.map(name));
    objects.set(hook, object);
  }
  const names = enumerators();
  const named = maps as unknown as ReadonlyMap<string, NamedMap>;
  const metrics = maps.get('hd_metrics');
  if (metrics === undefined) throw new Error('no hook has hd_metrics');
  const counters: Counters = countersOf(metrics, names);
  const programOf = (hook: HookName): Program => {
    const program = objects.get(hook)?.program(hook);
    if (program === undefined) throw new Error(`${hook} is not among the hooks of this node`);
    return program;
  };
  return {
    names,
    maps: named,
    fill: given => fillMaps(named, given, names),
    change: given => fillTables(named, given, names),
    program: programOf,
    run: (hook, packet, context) => {
      const run = { data: packet, context: contextBytes(hook, packet, context) };
      const result = programOf(hook).testRun(run);
      return {
        action: actionName(hook, result.returnValue),
        packet: Buffer.from(result.data),
        counted: counters.take(),
      };
    },
    [Symbol.dispose]: () => {
      for (const object of objects.values()) object[Symbol.dispose]();
    },
  };
}

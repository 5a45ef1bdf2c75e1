// Several hooks of node 1 attached at once, over one set of maps.
import { readFileSync } from 'node:fs';
import { loadObject, readObject, type BpfMap, type Direction, type Link } from 'libbpf-ts';
import { CODECS } from './codecs.ts';
import type { MetricsMap } from './counters.ts';
import { enumerators, type Enumerators } from './enumerators.ts';
import { fillMaps, type NamedMap } from './fill-maps.ts';
import type { Given } from './given.ts';
import { objectPath } from './object-path.ts';
import { settingsOf } from './settings.ts';
import type { HookName, Settings } from './table.ts';

export interface Attachment {
  readonly hook: Exclude<HookName, 'forward' | 'uplink_xdp'>;
  readonly ifindex: number;
  readonly direction: Direction;
}

export interface NodePrograms extends Disposable {
  readonly names: Enumerators;
  readonly metrics: MetricsMap;
  fill(given: Given): void;
}

export function attachPrograms(attachments: readonly Attachment[], settings: Settings = {}): NodePrograms {
  const maps = new Map<string, BpfMap>();
  const owned: Disposable[] = [];
  for (const { hook, ifindex, direction } of attachments) {
    const spec = readObject(readFileSync(objectPath(hook)));
    const variables = settingsOf(spec, settings);
    const object = loadObject(spec, { name: hook, codecs: CODECS, maps, variables });
    for (const name of spec.maps.keys()) if (!maps.has(name)) maps.set(name, object.map(name));
    const link: Link = object.program(hook).attachTcx({ ifindex, direction });
    owned.unshift(link, object);
  }
  const names = enumerators();
  return {
    names,
    metrics: maps.get('hd_metrics') as unknown as MetricsMap,
    fill: given => fillMaps(maps as unknown as ReadonlyMap<string, NamedMap>, given, names),
    [Symbol.dispose]: () => {
      for (const one of owned) one[Symbol.dispose]();
    },
  };
}

// Several hooks of node 1 attached at once, over one set of maps.
import { loadObject, type BpfMap, type Link, type Program } from 'libbpf-ts';
import { CODECS } from './codecs.ts';
import { countersOf, type Counters } from './counters.ts';
import { declaredBy } from './declared.ts';
import { enumerators, type Enumerators } from './enumerators.ts';
import { fillMaps } from './fill-maps.ts';
import type { Given } from './given.ts';
import type { NamedMap } from './map-entry.ts';
import { constantsOf } from './constants.ts';
import type { HookName, Constants } from './table.ts';
import {
  isNetfilterHook,
  NETFILTER_FAMILIES,
  NETFILTER_HOOKS,
  TCX_HOOKS,
} from '../../../loader/programs/hook.ts';

export interface Attachment {
  readonly hook: HookName;
  /** 0 for a hook of netfilter, which belongs to no device. */
  readonly ifindex: number;
}

export interface NodePrograms extends Disposable {
  readonly counters: Counters;
  readonly names: Enumerators;
  readonly maps: ReadonlyMap<string, NamedMap>;
  fill(given: Given): void;
}

export function attachPrograms(attachments: readonly Attachment[], constants: Constants = {}): NodePrograms {
  const maps = new Map<string, BpfMap>();
  const owned: Disposable[] = [];
  for (const attachment of attachments) {
    const { hook } = attachment;
    const spec = declaredBy(hook);
    const variables = constantsOf(spec, constants);
    const object = loadObject(spec, { name: hook, codecs: CODECS, maps, variables });
    for (const name of spec.maps.keys()) if (!maps.has(name)) maps.set(name, object.map(name));
    owned.unshift(...attach(object.program(hook), attachment), object);
  }
  const names = enumerators();
  const named = maps as unknown as ReadonlyMap<string, NamedMap>;
  return {
    ...{ names, maps: named, counters: countersOf(found(maps, 'hd_metrics'), names) },
    fill: given => fillMaps(named, given, names),
    [Symbol.dispose]: () => {
      for (const one of owned) one[Symbol.dispose]();
    },
  };
}

function attach(program: Program, { hook, ifindex }: Attachment): Link[] {
  if (hook === 'uplink_xdp') return [program.attachXdp({ ifindex, mode: 'native' })];
  if (isNetfilterHook(hook)) {
    const { point, firstPriority: priority } = NETFILTER_HOOKS[hook];
    return NETFILTER_FAMILIES.map(family => program.attachNetfilter({ family, hook: point, priority }));
  }
  return [program.attachTcx({ ifindex, direction: TCX_HOOKS[hook] })];
}

function found(maps: ReadonlyMap<string, BpfMap>, name: string): BpfMap {
  const map = maps.get(name);
  if (map === undefined) throw new Error(`no program attached has ${name}`);
  return map;
}

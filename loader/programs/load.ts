// Programs in the kernel, over one set of maps: those that are right are adopted, the others loaded.
import { loadObject, type BpfMap, type LoadedObject, type Program } from 'libbpf-ts';
import { MAPS, type MapName } from '../abi/abi.gen.ts';
import { NAMED_CODECS } from '../abi/codecs.ts';
import { HOOK_NAMES, type HookName } from '../abi/hook-name.ts';
import { adoptProgram } from './adopt.ts';
import type { Change } from '../model/change.ts';
import { DataplaneError } from '../errors.ts';
import { errorCode, orFail } from './failure.ts';
import { isNetfilterHook, type NetfilterHook } from './hook.ts';
import { readHookObject, type HookObject } from './objects.ts';
import type { MapSizes } from './pinned-maps.ts';
import { kernelSettings, variablesOf, type NodeSettings } from './settings.ts';

export interface LoadTerms {
  readonly pinRoot: string;
  readonly objectFolder: string;
  readonly settings: NodeSettings;
  readonly mapSizes: MapSizes;
}

/** Owns programs and maps, both by name. Maps that no object had yet are made by the load that first needs them. */
export class ProgramSet {
  readonly programs = new Map<HookName, Program>();
  readonly maps: Map<MapName, BpfMap>;
  readonly changes: Change[] = [];
  /** Hooks whose program is not the pinned one. */
  readonly fresh = new Set<HookName>();
  /** Maps that are not the pinned ones. */
  readonly freshMaps = new Set<MapName>();
  readonly #terms: LoadTerms;

  /** Takes over `maps`. */
  constructor(terms: LoadTerms, maps: ReadonlyMap<MapName, BpfMap>) {
    this.#terms = terms;
    this.maps = new Map(maps);
  }

  /** All hooks; the kernel may lack netfilter's, and the others must know before they are loaded. */
  loadAll(): void {
    for (const hook of HOOK_NAMES) if (isNetfilterHook(hook)) this.#loadNetfilter(hook);
    for (const hook of HOOK_NAMES) if (!isNetfilterHook(hook)) this.#adoptOrLoad(hook);
  }

  /** A second program from the same object, settings and maps; the caller owns it. */
  loadCopy(hook: HookName): Program {
    const loaded = this.#load(this.#read(hook));
    for (const map of loaded.maps.values()) map[Symbol.dispose]();
    return loaded.program(hook);
  }

  [Symbol.dispose](): void {
    for (const owned of [...this.programs.values(), ...this.maps.values()]) owned[Symbol.dispose]();
  }

  #loadNetfilter(hook: NetfilterHook): void {
    try {
      this.#adoptOrLoad(hook);
    } catch (error) {
      if (!(error instanceof DataplaneError && errorCode(error.cause) === 'UNSUPPORTED')) throw error;
      this.changes.push({ subject: hook, action: `left out: ${error.message}` });
    }
  }

  #adoptOrLoad(hook: HookName): void {
    const object = this.#read(hook);
    const { pinRoot } = this.#terms;
    const adopted = adoptProgram(object, { pinRoot, maps: this.maps, variables: this.#variables(object) });
    if (adopted !== undefined) {
      this.programs.set(hook, adopted);
      return;
    }
    const loaded = this.#load(object);
    this.#takeMaps(loaded);
    const program = loaded.program(hook);
    this.programs.set(hook, program);
    this.fresh.add(hook);
    this.changes.push({ subject: hook, action: `loaded as program ${program.info().id}` });
  }

  #read(hook: HookName): HookObject {
    return readHookObject(hook, this.#terms.objectFolder);
  }

  #variables(object: HookObject): Record<string, unknown> {
    const hasForward = isNetfilterHook(object.hook) || this.programs.has('forward');
    return variablesOf(object, { ...this.#terms.settings, ...kernelSettings(hasForward) });
  }

  #load(object: HookObject): LoadedObject {
    const { hook, spec } = object;
    return orFail(`the program ${hook} cannot be loaded`, () =>
      loadObject(spec, {
        name: hook,
        variables: this.#variables(object),
        maps: this.maps,
        maxEntries: this.#maxEntries([...spec.maps.keys()] as MapName[]),
        codecs: NAMED_CODECS,
      }),
    );
  }

  #maxEntries(names: readonly MapName[]): Record<string, number> {
    const { mapSizes } = this.#terms;
    const sizeOf = (name: MapName): number =>
      this.maps.get(name)?.info.maxEntries ?? mapSizes[name] ?? MAPS[name].maxEntries;
    return Object.fromEntries(names.map(name => [name, sizeOf(name)]));
  }

  /** Keeps the maps that are new, closes second descriptors of those that it has. */
  #takeMaps(loaded: LoadedObject): void {
    for (const [name, map] of loaded.maps) {
      if (!Object.hasOwn(MAPS, name) || this.maps.has(name as MapName)) {
        map[Symbol.dispose]();
        continue;
      }
      this.maps.set(name as MapName, map);
      this.freshMaps.add(name as MapName);
    }
  }
}

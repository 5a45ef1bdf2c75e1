// Adopts or loads every program over one set of maps.
import { loadObject, type BpfMap, type LoadedObject, type Program } from 'libbpf-ts';
import { MAPS, type MapName } from '../abi/abi.gen.ts';
import { NAMED_CODECS } from '../abi/codecs.ts';
import { HOOK_NAMES, type HookName } from '../abi/hook-name.ts';
import { adoptProgram } from './adopt.ts';
import type { Change } from '../model/change.ts';
import { HeddleError } from '../errors.ts';
import { errorCode, orFail } from './failure.ts';
import { isNetfilterHook, type NetfilterHook } from './hook.ts';
import { readHookObject, type HookObject } from './objects.ts';
import type { MapSizes } from './pinned-maps.ts';
import { kernelConstants, variablesOf, type ProgramConstants } from './program-constants.ts';

export interface LoadOptions {
  readonly pinRoot: string;
  readonly objectFolder: string;
  readonly constants: ProgramConstants;
  readonly mapSizes: MapSizes;
}

/** Owns programs and maps, both by name. The first load that needs a map creates it. */
export class ProgramSet {
  readonly programs = new Map<HookName, Program>();
  readonly maps: Map<MapName, BpfMap>;
  readonly changes: Change[] = [];
  /** Hooks whose program was loaded and is not pinned yet. */
  readonly fresh = new Set<HookName>();
  /** Maps that were created and are not pinned yet. */
  readonly freshMaps = new Set<MapName>();
  readonly #options: LoadOptions;

  /** Takes ownership of `maps`. */
  constructor(options: LoadOptions, maps: ReadonlyMap<MapName, BpfMap>) {
    this.#options = options;
    this.maps = new Map(maps);
  }

  /** Netfilter's programs first: the constant `forward_hook` of the others says whether the kernel took them. */
  loadAll(): void {
    for (const hook of HOOK_NAMES) if (isNetfilterHook(hook)) this.#loadNetfilter(hook);
    for (const hook of HOOK_NAMES) if (!isNetfilterHook(hook)) this.#adoptOrLoad(hook);
  }

  /** A second program from the same object, constants and maps; the caller owns it. */
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
      if (!(error instanceof HeddleError && errorCode(error.cause) === 'UNSUPPORTED')) throw error;
      this.changes.push({ subject: hook, action: `not loaded: ${error.message}` });
    }
  }

  #adoptOrLoad(hook: HookName): void {
    const object = this.#read(hook);
    const { pinRoot } = this.#options;
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
    return readHookObject(hook, this.#options.objectFolder);
  }

  #variables(object: HookObject): Record<string, unknown> {
    const hasForward = isNetfilterHook(object.hook) || this.programs.has('forward');
    return variablesOf(object, { ...this.#options.constants, ...kernelConstants(hasForward) });
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
    const { mapSizes } = this.#options;
    const sizeOf = (name: MapName): number =>
      this.maps.get(name)?.info.maxEntries ?? mapSizes[name] ?? MAPS[name].maxEntries;
    return Object.fromEntries(names.map(name => [name, sizeOf(name)]));
  }

  /** Keeps new maps and closes second descriptors of known ones. */
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

// What a load gave us: maps and programs by name, owned together.
import { BpfError } from './errors.ts';
import { BpfMap } from './map.ts';
import { Program } from './program.ts';

/** Owns the descriptors of all its maps and programs. */
export class LoadedObject {
  readonly maps: ReadonlyMap<string, BpfMap>;
  readonly programs: ReadonlyMap<string, Program>;
  readonly #maps = new Map<string, BpfMap>();
  readonly #programs = new Map<string, Program>();

  constructor() {
    this.maps = this.#maps;
    this.programs = this.#programs;
  }

  /** Takes over what the load made. */
  add(part: BpfMap | Program, name = part.name): void {
    if (part instanceof Program) this.#programs.set(name, part);
    else this.#maps.set(name, part);
  }

  /** A map, data sections by their section's name; its codecs come from the object's BTF. */
  map(name: string): BpfMap {
    return found(this.#maps, 'map', name);
  }

  program(name: string): Program {
    return found(this.#programs, 'program', name);
  }

  /** Closes every descriptor; a second time does nothing. Pinned maps, and attached programs, live on. */
  [Symbol.dispose](): void {
    for (const part of [...this.#maps.values(), ...this.#programs.values()]) part[Symbol.dispose]();
  }
}

function found<T>(parts: ReadonlyMap<string, T>, kind: string, name: string): T {
  const part = parts.get(name);
  if (part !== undefined) return part;
  const text = `the object has ${[...parts.keys()].join(', ') || 'none'}`;
  throw new BpfError('ENOENT', `find ${kind}`, name, { text });
}

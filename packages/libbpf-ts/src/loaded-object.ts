// What a load gave us: maps, programs and variables by name, owned together.
import { BpfError } from './errors.ts';
import { BpfMap } from './map.ts';
import { native, type NativeHandle } from './native.ts';
import type { NameIn, ObjectTypes } from './object-types.ts';
import { Program } from './program.ts';
import type { Variable } from './variable.ts';

/** Owns the descriptors of all its maps and programs. */
export class LoadedObject<T extends ObjectTypes = ObjectTypes> {
  readonly maps: ReadonlyMap<string, BpfMap>;
  readonly programs: ReadonlyMap<string, Program>;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly #maps = new Map<string, BpfMap>();
  readonly #programs = new Map<string, Program>();
  readonly #variables = new Map<string, Variable>();
  #libbpf: NativeHandle | undefined;

  constructor() {
    this.maps = this.#maps;
    this.programs = this.#programs;
    this.variables = this.#variables;
  }

  /** Takes over what the load made. */
  add(part: BpfMap | Program | Variable, name = part.name): void {
    if (part instanceof Program) this.#programs.set(name, part);
    else if (part instanceof BpfMap) this.#maps.set(name, part);
    else this.#variables.set(name, part);
  }

  /** Takes over libbpf's object, by which its programs attach. */
  keep(libbpf: NativeHandle): void {
    this.#libbpf = libbpf;
  }

  /** A map, data sections by their section's name; its codecs come from the object's BTF. */
  map<N extends NameIn<T['maps']>>(name: N): BpfMap<T['maps'][N]['key'], T['maps'][N]['value']> {
    return found(this.#maps, 'map', name);
  }

  program(name: T['programs']): Program {
    return found(this.#programs, 'program', name);
  }

  /** A global variable, by C name. */
  variable<N extends NameIn<T['variables']>>(name: N): Variable<T['variables'][N]> {
    return found(this.#variables, 'variable', name) as Variable<T['variables'][N]>;
  }

  /** Closes every descriptor; a second time does nothing. Pinned maps, links, and attached programs, live on. */
  [Symbol.dispose](): void {
    for (const part of [...this.#maps.values(), ...this.#programs.values()]) part[Symbol.dispose]();
    if (this.#libbpf !== undefined) native().closeObject(this.#libbpf);
  }
}

function found<T>(parts: ReadonlyMap<string, T>, kind: string, name: string): T {
  const part = parts.get(name);
  if (part !== undefined) return part;
  const text = `the object has ${[...parts.keys()].join(', ') || 'none'}`;
  throw new BpfError('ENOENT', `find ${kind}`, name, { text });
}

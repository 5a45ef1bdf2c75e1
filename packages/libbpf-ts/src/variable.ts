// A global variable of a loaded object: programs and this process see the same bytes.
import type { Codec } from './codec.ts';
import { BpfError, check } from './errors.ts';
import type { BpfMap } from './map.ts';
import { native } from './native.ts';
import type { VariableSpec } from './variable-spec.ts';

/** Lives in the map of its data section, which the loaded object owns. */
export class Variable<T = unknown> {
  readonly name: string;
  readonly #section: BpfMap;
  readonly #offset: number;
  readonly #codecOf: () => Codec<T>;

  /** `codecOf` is asked when the variable is first used: not every type has a codec. */
  constructor({ name, offset }: VariableSpec, section: BpfMap, codecOf: () => Codec<T>) {
    this.name = name;
    this.#section = section;
    this.#offset = offset;
    this.#codecOf = codecOf;
  }

  get(): T {
    const bytes = Buffer.alloc(this.#section.info.valueSize);
    check(native().lookup(this.#section.fd.handle, ONLY_KEY, bytes), 'read variable', this.name);
    return this.#codecOf().decode(bytes, this.#offset);
  }

  /** At once, though not atomically for what is larger than 8 bytes. EPERM for constants (`.rodata`): set those when loading. */
  set(value: T): void {
    const codec = this.#codecOf();
    const bytes = Buffer.alloc(codec.size);
    codec.encode(value, bytes, 0);
    const { fd, info } = this.#section;
    const result = native().writeMemory(fd.handle, info.valueSize, this.#offset, bytes);
    if (result === EPERM || result === EACCES) {
      throw new BpfError('EPERM', 'set variable', this.name, { text: 'it is a constant once it is loaded' });
    }
    check(result, 'set variable', this.name);
  }
}

/** Data sections are arrays of one element. */
const ONLY_KEY = Buffer.alloc(4);
const EPERM = -1;
const EACCES = -13;

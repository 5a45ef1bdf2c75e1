// A map in the kernel: single elements, iteration, batches and its pin.
import { bpf, Command } from './bpf-call.ts';
import type { Codec } from './codec.ts';
import { BpfError, systemError } from './errors.ts';
import { handOver, type Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';
import { deleteKeys, setEntries } from './map-batch.ts';
import { createMapFd, type MapDefinition } from './map-create.ts';
import { mapLayouts, readMapInfo, type MapInfo, type MapLayouts } from './map-info.ts';
import { walk } from './map-walk.ts';
import { defaultCodecs, elementSize, type MapCodecs } from './map-codecs.ts';
import { native, type NativeHandle } from './native.ts';
import { openPin, pin } from './pin.ts';

const ENOENT = -2;

const freezeAttr = kernelStruct({ fd: 'u32' });

/** Owns the map's descriptor: dispose it, the map itself lives while anything else holds it. */
export class BpfMap<K = unknown, V = unknown> {
  readonly info: MapInfo;
  readonly key: Codec<K>;
  readonly value: Codec<V>;
  readonly #fd: Fd;
  readonly #handle: NativeHandle;
  // Reused by every call: they are synchronous, and codecs copy.
  readonly #keyBytes: Uint8Array;
  readonly #valueBytes: Uint8Array;

  /** Takes over `fd`. Rather use `openPinned`, `create`, `mapById` or a loaded object. */
  constructor(fd: Fd, codecs?: MapCodecs<K, V>) {
    this.#fd = fd;
    this.#handle = fd.handle;
    this.info = readMapInfo(fd, 'map');
    const { key, value } =
      codecs ?? (defaultCodecs(this.info) as MapCodecs<unknown, unknown> as MapCodecs<K, V>);
    const size = elementSize(this.info);
    this.#requireSize('key', key.size, this.info.keySize);
    this.#requireSize('value', value.size, size);
    this.key = key;
    this.value = value;
    this.#keyBytes = Buffer.alloc(key.size);
    this.#valueBytes = Buffer.alloc(size);
  }

  /** Opens a pinned map; keys and values are plain bytes unless codecs are given. */
  static openPinned(path: string): BpfMap<Uint8Array, Uint8Array>;
  static openPinned<K, V>(path: string, codecs: MapCodecs<K, V>): BpfMap<K, V>;
  static openPinned<K, V>(path: string, codecs?: MapCodecs<K, V>): BpfMap<K, V> {
    return handOver(openPin(path, 'map'), fd => new BpfMap(fd, codecs));
  }

  /** Makes a map that no object declares. */
  static create(definition: MapDefinition): BpfMap<Uint8Array, Uint8Array>;
  static create<K, V>(definition: MapDefinition, codecs: MapCodecs<K, V>): BpfMap<K, V>;
  static create<K, V>(definition: MapDefinition, codecs?: MapCodecs<K, V>): BpfMap<K, V> {
    return handOver(createMapFd(definition), fd => new BpfMap(fd, codecs));
  }

  /** The same map and descriptor under other codecs: disposing one closes both. Per-CPU values want `perCpu(codec)`. */
  withCodecs<K2, V2>(key: Codec<K2>, value: Codec<V2>): BpfMap<K2, V2> {
    return new BpfMap(this.#fd, { key, value });
  }

  /** For other calls of this package; throws EBADF once disposed. */
  get fd(): Fd {
    return this.#fd;
  }

  get name(): string {
    return this.info.name;
  }

  /** Layouts from the BTF that the kernel keeps with the map; undefined for a map made without. */
  layouts(): MapLayouts | undefined {
    return mapLayouts(this.info);
  }

  /** undefined if the key is not there. */
  get(key: K): V | undefined {
    this.key.encode(key, this.#keyBytes, 0);
    const result = native().lookup(this.#handle, this.#keyBytes, this.#valueBytes);
    if (result === ENOENT) return undefined;
    if (result < 0) throw systemError(result, 'map lookup', this.name);
    return this.value.decode(this.#valueBytes, 0);
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  /** Creates or replaces; `flags` as in `UpdateFlag`. */
  set(key: K, value: V, flags = 0): void {
    this.key.encode(key, this.#keyBytes, 0);
    this.value.encode(value, this.#valueBytes, 0);
    const result = native().update(this.#handle, this.#keyBytes, this.#valueBytes, flags);
    if (result < 0) throw systemError(result, 'map update', this.name);
  }

  /** False if the key was not there. */
  delete(key: K): boolean {
    this.key.encode(key, this.#keyBytes, 0);
    const result = native().deleteKey(this.#handle, this.#keyBytes);
    if (result === ENOENT) return false;
    if (result < 0) throw systemError(result, 'map delete', this.name);
    return true;
  }

  /**
   * All elements, read from the kernel in batches where the map's type can. What is written meanwhile may or may
   * not be seen; use `Array.from` before deleting from a map of a type without batches.
   */
  entries(): Generator<[K, V], void, undefined> {
    return walk(this);
  }

  *keys(): Generator<K, void, undefined> {
    for (const [key] of walk(this)) yield key;
  }

  /** Values in the order of the keys. The kernel has no call for this: one lookup each. */
  getBatch(keys: Iterable<K>): (V | undefined)[] {
    return Array.from(keys, key => this.get(key));
  }

  /** Writes all, in one call where the map's type and `flags` allow. What fails in the middle leaves what came before. */
  setBatch(entries: Iterable<readonly [K, V]>, flags = 0): void {
    setEntries(this, entries, flags);
  }

  /** Deletes all, in one call where the map's type can; how many were there. */
  deleteBatch(keys: Iterable<K>): number {
    return deleteKeys(this, keys);
  }

  /** No system call may write it any more; programs still can. */
  freeze(): void {
    bpf(Command.MAP_FREEZE, freezeAttr.encode({ fd: this.#fd.number }), {
      operation: 'map freeze',
      subject: this.name,
    });
  }

  pin(path: string): void {
    pin(this.#fd, path);
  }

  /** Closes the descriptor; a second time does nothing. */
  [Symbol.dispose](): void {
    this.#fd[Symbol.dispose]();
  }

  #requireSize(what: 'key' | 'value', size: number, due: number): void {
    if (size === due) return;
    const text = `the ${what} codec has ${size} bytes, the map's ${what} ${due}`;
    throw new BpfError('LAYOUT', 'use codecs for', this.info.name, { text, differences: [text] });
  }
}

// What codecs a map's type asks for: per-CPU values are arrays, values of maps of maps are maps.
import { bytesCodec, u32Codec, type Codec } from './codec.ts';
import { check } from './errors.ts';
import type { MapInfo } from './map-info.ts';
import { isPerCpu } from './map-types.ts';
import { native } from './native.ts';

export interface MapCodecs<K, V> {
  readonly key: Codec<K>;
  readonly value: Codec<V>;
}

type Sized = Pick<MapInfo, 'type' | 'valueSize' | 'keySize'>;

let cpus: number | undefined;

/** How many CPUs the kernel keeps room for: the length of every per-CPU value. */
export function possibleCpus(): number {
  cpus ??= check(native().possibleCpus(), 'count', 'possible CPUs');
  return cpus;
}

/** The kernel copies each CPU's value at a multiple of 8 bytes. */
function perCpuStride(valueSize: number): number {
  return Math.ceil(valueSize / 8) * 8;
}

/** Bytes that one element's value takes between kernel and process. */
export function elementSize(map: Sized): number {
  return isPerCpu(map.type) ? perCpuStride(map.valueSize) * possibleCpus() : map.valueSize;
}

/** One value for each possible CPU, in the order of their numbers. */
export function perCpu<T>(codec: Codec<T>): Codec<T[]> {
  const stride = perCpuStride(codec.size);
  const count = possibleCpus();
  return {
    size: stride * count,
    encode: (values, target, offset) => {
      if (values.length !== count) throw new RangeError(`${values.length} values for ${count} possible CPUs`);
      values.forEach((value, cpu) => codec.encode(value, target, offset + cpu * stride));
    },
    decode: (source, offset) =>
      Array.from({ length: count }, (_, cpu) => codec.decode(source, offset + cpu * stride)),
  };
}

/** Plain bytes: for maps of which only the sizes are known. */
export function defaultCodecs(map: Sized): MapCodecs<Uint8Array, unknown> {
  const value = bytesCodec(map.valueSize);
  return { key: bytesCodec(map.keySize), value: isPerCpu(map.type) ? perCpu(value) : value };
}

/** A map or program, written as a value by its descriptor. */
export interface MapReference {
  readonly fd: { readonly number: number };
}

/**
 * Values of maps of maps and of program arrays: what is written is a map or program by its descriptor, what is read
 * back is the id of it, for `mapById` and `programById`.
 */
export const referenceCodec: Codec<MapReference | number> = {
  size: u32Codec.size,
  encode: (value, target, offset) => {
    if (typeof value === 'number')
      throw new TypeError('write a map or program itself; its id cannot be stored');
    u32Codec.encode(value.fd.number, target, offset);
  },
  decode: (source, offset) => u32Codec.decode(source, offset),
};

// Codecs: between a layout's bytes and TypeScript values.
import { arrayCell } from './codec-array.ts';
import type { Cell } from './codec-cell.ts';
import { enumCell, intCell, pointerCell } from './codec-scalar.ts';
import { structCell } from './codec-struct.ts';
import { viewOf } from './elf.ts';
import { BpfError } from './errors.ts';
import type { Layout } from './layout.ts';

/** Writes and reads values of one size. `decode` copies: what it returns does not change with `source`. */
export interface Codec<T> {
  /** Bytes. */
  readonly size: number;
  encode(value: T, target: Uint8Array, offset: number): void;
  decode(source: Uint8Array, offset: number): T;
}

/** Codecs for C types by name (`addr` for `struct addr` or a typedef of that name), in place of the derived ones. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a codec is invariant in its type: nothing else holds them all
export type NamedCodecs = Readonly<Record<string, Codec<any>>>;

/**
 * The codec that a layout describes: integers up to 32 bits and enums are numbers, 64 bits bigint, `__be…` read in
 * network order, `u8[]` Uint8Array, `char[]` string, structs objects with camelCase members. Members that only pad are zeros.
 * Values out of range or missing are refused with EINVAL and their path.
 */
export function codecOf<T>(layout: Layout, named: NamedCodecs = {}): Codec<T> {
  const cell = cellOf(layout, layout.name || layout.kind, named);
  return {
    size: layout.size,
    encode: (value, target, offset) => cell.write(value, viewOf(target), offset),
    decode: (source, offset) => cell.read(viewOf(source), offset) as T,
  };
}

function cellOf(layout: Layout, path: string, named: NamedCodecs): Cell {
  const codec = Object.hasOwn(named, layout.name) ? named[layout.name] : undefined;
  if (codec !== undefined) return namedCell(codec, layout, path);
  switch (layout.kind) {
    case 'int':
      return intCell(layout, path);
    case 'enum':
      return enumCell(layout, path);
    case 'pointer':
      return pointerCell(path);
    case 'array':
      return arrayCell(layout, path, cellOf(layout.element, `${path}[]`, named));
    case 'struct':
    case 'union':
      return structCell(
        layout,
        path,
        layout.members.map(member => cellOf(member.layout, `${path}.${member.cName}`, named)),
      );
    default:
      throw new BpfError('EINVAL', 'make codec', path, {
        text: `values of kind ${layout.kind} are not known`,
      });
  }
}

function namedCell(codec: Codec<unknown>, layout: Layout, path: string): Cell {
  if (codec.size !== layout.size) {
    const text = `the codec has ${codec.size} bytes, the type ${layout.size}`;
    throw new BpfError('LAYOUT', 'make codec', path, { text, differences: [`${path}: ${text}`] });
  }
  const bytesOf = (view: DataView): Uint8Array =>
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return {
    size: codec.size,
    write: (value, view, offset) => codec.encode(value, bytesOf(view), offset),
    read: (view, offset) => codec.decode(bytesOf(view), offset),
  };
}

/** Bytes as they are: for maps without types. */
export function bytesCodec(size: number): Codec<Uint8Array> {
  return {
    size,
    encode: (value, target, offset) => {
      if (value.byteLength !== size) {
        throw new BpfError('EINVAL', 'encode', 'bytes', {
          text: `${value.byteLength} bytes where ${size} are due`,
        });
      }
      target.set(value, offset);
    },
    // Not `slice`: that of a Buffer would make a Buffer.
    decode: (source, offset) => new Uint8Array(source.subarray(offset, offset + size)),
  };
}

/** A `__u32` in host byte order. */
export const u32Codec: Codec<number> = codecOf({
  ...{ kind: 'int', name: 'u32', size: 4 },
  ...{ signed: false, bigEndian: false, bool: false, char: false },
});

/** A `__u64` in host byte order. */
export const u64Codec: Codec<bigint> = codecOf({
  ...{ kind: 'int', name: 'u64', size: 8 },
  ...{ signed: false, bigEndian: false, bool: false, char: false },
});

// Structs of the kernel's BPF interface (linux/bpf.h), described by their members in order.
import { viewOf } from './elf.ts';

/** A pointer's value is the memory that it points to; `text16` is a name with its NUL, `bytes8` a program's tag. */
type FieldType = 'u32' | 's32' | 'u64' | 'pointer' | 'text16' | 'bytes8';

interface FieldValues {
  readonly u32: number;
  readonly s32: number;
  readonly u64: bigint;
  readonly pointer: Uint8Array | undefined;
  readonly text16: string;
  readonly bytes8: Uint8Array;
}

type Fields = Readonly<Record<string, FieldType>>;
export type StructValues<F extends Fields> = { readonly [Name in keyof F]: FieldValues[F[Name]] };

const SIZES: Readonly<Record<FieldType, readonly [size: number, alignment: number]>> = {
  u32: [4, 4],
  s32: [4, 4],
  u64: [8, 8],
  pointer: [8, 8],
  text16: [16, 1],
  bytes8: [8, 1],
};

/**
 * An encoded struct, and where addresses must be written before the kernel sees it: `pointers` repeats (struct,
 * offset in it, memory pointed to).
 */
export interface EncodedStruct {
  readonly bytes: Uint8Array;
  readonly pointers: readonly (number | Uint8Array)[];
}

export interface KernelStruct<F extends Fields> {
  readonly size: number;
  /** Bytes from the start, by member. */
  readonly offsets: Readonly<Record<keyof F, number>>;
  /** Members that are not given are zero. */
  encode(values: Partial<StructValues<F>>): EncodedStruct;
  /** Reads it back; members beyond the end of `bytes`, which an older kernel does not fill, are zero. */
  decode(bytes: Uint8Array): StructValues<F>;
}

/** Lays members out as C does: each at its natural alignment, pointers in 8 bytes. */
export function kernelStruct<F extends Fields>(fields: F): KernelStruct<F> {
  const placed: { name: string; type: FieldType; offset: number }[] = [];
  let end = 0;
  for (const [name, type] of Object.entries(fields)) {
    const [size, alignment] = SIZES[type];
    const offset = Math.ceil(end / alignment) * alignment;
    placed.push({ name, type, offset });
    end = offset + size;
  }
  const size = Math.ceil(end / 8) * 8;
  return {
    size,
    offsets: Object.fromEntries(placed.map(({ name, offset }) => [name, offset])) as Record<keyof F, number>,
    encode: values => {
      const bytes = new Uint8Array(size);
      const pointers: (number | Uint8Array)[] = [];
      for (const { name, type, offset } of placed) {
        const value = values[name];
        if (type === 'pointer') {
          if (value !== undefined) pointers.push(bytes, offset, value as Uint8Array);
        } else if (value !== undefined) writeField(viewOf(bytes), offset, type, value);
      }
      return { bytes, pointers };
    },
    decode: bytes => {
      const whole = new Uint8Array(Math.max(size, bytes.byteLength));
      whole.set(bytes);
      const values = placed.map(({ name, type, offset }) => [name, readField(whole, offset, type)]);
      return Object.fromEntries(values) as StructValues<F>;
    },
  };
}

function writeField(view: DataView, offset: number, type: FieldType, value: unknown): void {
  if (type === 'u32') view.setUint32(offset, value as number, true);
  else if (type === 's32') view.setInt32(offset, value as number, true);
  else if (type === 'u64') view.setBigUint64(offset, value as bigint, true);
  else {
    const bytes = typeof value === 'string' ? Buffer.from(value).subarray(0, 15) : (value as Uint8Array);
    new Uint8Array(view.buffer, view.byteOffset + offset, bytes.byteLength).set(bytes);
  }
}

function readField(bytes: Uint8Array, offset: number, type: FieldType): unknown {
  const view = viewOf(bytes);
  switch (type) {
    case 'u32':
      return view.getUint32(offset, true);
    case 's32':
      return view.getInt32(offset, true);
    case 'u64':
      return view.getBigUint64(offset, true);
    case 'pointer':
      return undefined;
    case 'bytes8':
      return bytes.slice(offset, offset + 8);
    case 'text16': {
      const text = Buffer.from(bytes.subarray(offset, offset + 16)).toString('utf8');
      return text.slice(0, text.indexOf('\0') < 0 ? undefined : text.indexOf('\0'));
    }
  }
}

// From the bytes of a .BTF section (or of the kernel's BTF_GET_INFO) to types.
import type { Btf, BtfType } from './btf-types.ts';
import { stringAt, viewOf } from './elf.ts';
import { BpfError } from './errors.ts';

const BTF_MAGIC = 0xeb9f;

/** Walks the type section; each kind takes what follows its header from here. */
interface Cursor {
  readonly view: DataView;
  readonly strings: Uint8Array;
  at: number;
}

interface Header {
  readonly id: number;
  readonly name: string;
  /** Number of what follows: members, enumerators, parameters. */
  readonly count: number;
  readonly flag: boolean;
  readonly sizeOrType: number;
}

type Reader = (cursor: Cursor, header: Header) => BtfType;

/** Parses raw BTF; type 0 is `void`, as in the format. */
export function parseBtf(bytes: Uint8Array): Btf {
  const view = viewOf(bytes);
  if (bytes.byteLength < 24 || view.getUint16(0, true) !== BTF_MAGIC) throw broken('no BTF');
  const headerSize = view.getUint32(4, true);
  const typeStart = headerSize + view.getUint32(8, true);
  const typeEnd = typeStart + view.getUint32(12, true);
  const stringStart = headerSize + view.getUint32(16, true);
  const strings = bytes.subarray(stringStart, stringStart + view.getUint32(20, true));
  const types: BtfType[] = [{ id: 0, kind: 'void', name: 'void' }];
  try {
    const cursor: Cursor = { view, strings, at: typeStart };
    while (cursor.at < typeEnd) types.push(readType(cursor, types.length));
  } catch (error) {
    if (error instanceof RangeError) throw broken('the type section is cut short');
    throw error;
  }
  return { types };
}

function readType(cursor: Cursor, id: number): BtfType {
  const name = stringAt(cursor.strings, next(cursor));
  const info = next(cursor);
  const sizeOrType = next(cursor);
  const reader = READERS[(info >> 24) & 0x1f];
  if (reader === undefined) throw broken(`type ${id} is of unknown kind ${(info >> 24) & 0x1f}`);
  return reader(cursor, { id, name, count: info & 0xffff, flag: info >>> 31 === 1, sizeOrType });
}

function next(cursor: Cursor): number {
  const value = cursor.view.getUint32(cursor.at, true);
  cursor.at += 4;
  return value;
}

function several<T>(count: number, read: () => T): T[] {
  return Array.from({ length: count }, read);
}

const reference =
  (kind: 'ptr' | 'typedef' | 'volatile' | 'const' | 'restrict' | 'typeTag' | 'func'): Reader =>
  (_, { id, name, sizeOrType }) => ({ id, kind, name, type: sizeOrType });

const readInt: Reader = (cursor, { id, name, sizeOrType }) => {
  const encoding = next(cursor);
  const flags = encoding >> 24;
  return {
    ...{ id, kind: 'int', name, size: sizeOrType, bits: encoding & 0xff },
    ...{ signed: (flags & 1) !== 0, char: (flags & 2) !== 0, bool: (flags & 4) !== 0 },
  };
};

const readArray: Reader = (cursor, { id, name }) => {
  const element = next(cursor);
  next(cursor); // the index type: always an int, of no use
  return { id, kind: 'array', name, element, length: next(cursor) };
};

const composite =
  (kind: 'struct' | 'union'): Reader =>
  (cursor, { id, name, count, flag, sizeOrType }) => ({
    ...{ id, kind, name, size: sizeOrType },
    members: several(count, () => {
      const member = stringAt(cursor.strings, next(cursor));
      const type = next(cursor);
      const offset = next(cursor);
      // With the flag set, the offset carries a bit-field's width in its upper byte.
      return {
        name: member,
        type,
        bitOffset: flag ? offset & 0xffffff : offset,
        bitSize: flag ? offset >>> 24 : 0,
      };
    }),
  });

const readEnum: Reader = (cursor, { id, name, count, flag, sizeOrType }) => ({
  ...{ id, kind: 'enum', name, size: sizeOrType, signed: flag },
  values: several(count, () => {
    const enumerator = stringAt(cursor.strings, next(cursor));
    const value = next(cursor);
    return { name: enumerator, value: flag ? value | 0 : value };
  }),
});

const readEnum64: Reader = (cursor, { id, name, count, flag, sizeOrType }) => ({
  ...{ id, kind: 'enum', name, size: sizeOrType, signed: flag },
  values: several(count, () => {
    const enumerator = stringAt(cursor.strings, next(cursor));
    const value = BigInt(next(cursor)) | (BigInt(next(cursor)) << 32n);
    return { name: enumerator, value: flag ? BigInt.asIntN(64, value) : value };
  }),
});

const readForward: Reader = (_, { id, name }) => ({ id, kind: 'fwd', name });

const readPrototype: Reader = (cursor, { id, name, count, sizeOrType }) => ({
  ...{ id, kind: 'funcProto', name, returnType: sizeOrType },
  parameters: several(count, () => ({ name: stringAt(cursor.strings, next(cursor)), type: next(cursor) })),
});

const readVariable: Reader = (cursor, { id, name, sizeOrType }) => {
  next(cursor); // linkage
  return { id, kind: 'var', name, type: sizeOrType };
};

const readDataSection: Reader = (cursor, { id, name, count, sizeOrType }) => ({
  ...{ id, kind: 'datasec', name, size: sizeOrType },
  variables: several(count, () => ({ type: next(cursor), offset: next(cursor), size: next(cursor) })),
});

const readFloat: Reader = (_, { id, name, sizeOrType }) => ({ id, kind: 'float', name, size: sizeOrType });

const readDeclarationTag: Reader = (cursor, { id, name, sizeOrType }) => ({
  ...{ id, kind: 'declTag', name, type: sizeOrType, component: next(cursor) | 0 },
});

/** By BTF_KIND_* (linux/btf.h). */
const READERS: readonly (Reader | undefined)[] = [
  undefined,
  readInt,
  reference('ptr'),
  readArray,
  composite('struct'),
  composite('union'),
  readEnum,
  readForward,
  reference('typedef'),
  reference('volatile'),
  reference('const'),
  reference('restrict'),
  reference('func'),
  readPrototype,
  readVariable,
  readDataSection,
  readFloat,
  readDeclarationTag,
  reference('typeTag'),
  readEnum64,
];

function broken(text: string): BpfError {
  return new BpfError('EINVAL', 'read', 'BTF', { text });
}

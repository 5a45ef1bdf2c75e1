// Cells of integers, booleans, enums and pointers.
import { badValue, type Cell } from './codec-cell.ts';
import { BpfError } from './errors.ts';
import type { EnumLayout, IntLayout } from './layout.ts';

/** Numbers up to 32 bits, bigint at 64; `bool` is boolean. */
export function intCell(layout: IntLayout, path: string): Cell {
  if (layout.bool) return boolCell(path);
  return layout.size === 8 ? wideCell(layout, path) : narrowCell(layout, path);
}

/** An enum's number; which enumerator it is, the layout's `values` say. */
export function enumCell(layout: EnumLayout, path: string): Cell {
  const asInt: IntLayout = { ...layout, kind: 'int', bigEndian: false, bool: false, char: false };
  return intCell(asInt, path);
}

/** A pointer is its address: of no use in user space, but 8 bytes all the same. */
export function pointerCell(path: string): Cell {
  return wideCell(
    { kind: 'int', name: '', size: 8, signed: false, bigEndian: false, bool: false, char: false },
    path,
  );
}

function boolCell(path: string): Cell {
  return {
    size: 1,
    write: (value, view, offset) => {
      if (typeof value !== 'boolean') throw badValue(path, value, 'a boolean');
      view.setUint8(offset, value ? 1 : 0);
    },
    read: (view, offset) => view.getUint8(offset) !== 0,
  };
}

type Access = readonly [
  set: (view: DataView, offset: number, value: number, littleEndian: boolean) => void,
  get: (view: DataView, offset: number, littleEndian: boolean) => number,
];

const UNSIGNED: Readonly<Record<number, Access>> = {
  1: [(v, o, x) => v.setUint8(o, x), (v, o) => v.getUint8(o)],
  2: [(v, o, x, le) => v.setUint16(o, x, le), (v, o, le) => v.getUint16(o, le)],
  4: [(v, o, x, le) => v.setUint32(o, x, le), (v, o, le) => v.getUint32(o, le)],
};
const SIGNED: Readonly<Record<number, Access>> = {
  1: [(v, o, x) => v.setInt8(o, x), (v, o) => v.getInt8(o)],
  2: [(v, o, x, le) => v.setInt16(o, x, le), (v, o, le) => v.getInt16(o, le)],
  4: [(v, o, x, le) => v.setInt32(o, x, le), (v, o, le) => v.getInt32(o, le)],
};

function narrowCell(layout: IntLayout, path: string): Cell {
  const access = (layout.signed ? SIGNED : UNSIGNED)[layout.size];
  if (access === undefined) {
    throw new BpfError('EINVAL', 'make codec', path, {
      text: `integers of ${layout.size} bytes are not known`,
    });
  }
  const [set, get] = access;
  const littleEndian = !layout.bigEndian;
  const bits = layout.size * 8;
  const [least, most] = layout.signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  return {
    size: layout.size,
    write: (value, view, offset) => {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
        throw badValue(path, value, `an integer from ${least} to ${most}`);
      }
      set(view, offset, value, littleEndian);
    },
    read: (view, offset) => get(view, offset, littleEndian),
  };
}

function wideCell(layout: IntLayout, path: string): Cell {
  const littleEndian = !layout.bigEndian;
  const [least, most] = layout.signed ? [-(1n << 63n), (1n << 63n) - 1n] : [0n, (1n << 64n) - 1n];
  return {
    size: 8,
    write: (value, view, offset) => {
      if (typeof value !== 'bigint' || value < least || value > most) {
        throw badValue(path, value, `a bigint from ${least} to ${most}`);
      }
      view.setBigUint64(offset, BigInt.asUintN(64, value), littleEndian);
    },
    read: (view, offset) =>
      layout.signed ? view.getBigInt64(offset, littleEndian) : view.getBigUint64(offset, littleEndian),
  };
}

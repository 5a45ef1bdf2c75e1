// Cells of arrays: bytes, texts, and arrays of anything else.
import { badValue, type Cell } from './codec-cell.ts';
import type { ArrayLayout } from './layout.ts';

export function arrayCell(layout: ArrayLayout, path: string, element: Cell): Cell {
  if (layout.element.kind === 'int' && layout.element.size === 1 && !layout.element.bool) {
    return layout.element.char ? textCell(layout.size, path) : bytesCell(layout.size, path);
  }
  return {
    size: layout.size,
    write: (value, view, offset) => {
      if (!Array.isArray(value) || value.length !== layout.length) {
        throw badValue(path, value, `an array of ${layout.length} elements`);
      }
      value.forEach((item: unknown, index) => element.write(item, view, offset + index * element.size));
    },
    read: (view, offset) =>
      Array.from({ length: layout.length }, (_, index) => element.read(view, offset + index * element.size)),
  };
}

function bytesCell(size: number, path: string): Cell {
  return {
    size,
    write: (value, view, offset) => {
      if (!(value instanceof Uint8Array) || value.byteLength !== size) {
        throw badValue(path, value, `a Uint8Array of ${size} bytes`);
      }
      new Uint8Array(view.buffer, view.byteOffset + offset, size).set(value);
    },
    read: (view, offset) => new Uint8Array(view.buffer, view.byteOffset + offset, size).slice(),
  };
}

function textCell(size: number, path: string): Cell {
  return {
    size,
    write: (value, view, offset) => {
      const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : undefined;
      // One byte stays for the NUL, as the kernel's own names have it.
      if (bytes === undefined || bytes.byteLength >= size || bytes.includes(0)) {
        throw badValue(path, value, `a text of less than ${size} bytes`);
      }
      new Uint8Array(view.buffer, view.byteOffset + offset, size).fill(0).set(bytes);
    },
    read: (view, offset) => {
      const bytes = Buffer.from(view.buffer, view.byteOffset + offset, size);
      const end = bytes.indexOf(0);
      return bytes.toString('utf8', 0, end < 0 ? size : end);
    },
  };
}

// Cells of structs and unions: objects with a property per member.
import { badValue, type Cell } from './codec-cell.ts';
import type { MemberLayout, StructLayout } from './layout.ts';

type Fields = Record<string, unknown>;

interface Field {
  readonly member: MemberLayout;
  readonly cell: Cell;
}

/** `cells` are those of the layout's members, in order. */
export function structCell(layout: StructLayout, path: string, cells: readonly Cell[]): Cell {
  const fields = layout.members.flatMap((member, index): Field[] => {
    const cell = cells[index];
    return cell === undefined || member.padding ? [] : [{ member, cell }];
  });
  const write = layout.kind === 'union' ? writeUnion : writeStruct;
  return {
    size: layout.size,
    write: (value, view, offset) => {
      if (typeof value !== 'object' || value === null) throw badValue(path, value, 'an object');
      // Bytes that no member covers must not carry what stood there: they count in a key.
      new Uint8Array(view.buffer, view.byteOffset + offset, layout.size).fill(0);
      write(fields, value as Fields, { view, offset, path });
    },
    read: (view, offset) => readFields(fields, view, offset),
  };
}

interface Target {
  readonly view: DataView;
  readonly offset: number;
  readonly path: string;
}

function writeStruct(fields: readonly Field[], value: Fields, { view, offset }: Target): void {
  for (const { member, cell } of fields) {
    // An anonymous member's own members are properties of this object.
    cell.write(member.name === '' ? value : value[member.name], view, offset + member.offset);
  }
}

/** A union is written through the first of its members that the value has. */
function writeUnion(fields: readonly Field[], value: Fields, { view, offset, path }: Target): void {
  const chosen = fields.find(({ member }) => member.name === '' || value[member.name] !== undefined);
  if (chosen === undefined) {
    throw badValue(path, undefined, `one of ${fields.map(({ member }) => member.name).join(', ')}`);
  }
  writeStruct([chosen], value, { view, offset, path });
}

function readFields(fields: readonly Field[], view: DataView, offset: number): Fields {
  const value: Fields = {};
  for (const { member, cell } of fields) {
    const read = cell.read(view, offset + member.offset);
    if (member.name === '') Object.assign(value, read);
    else value[member.name] = read;
  }
  return value;
}

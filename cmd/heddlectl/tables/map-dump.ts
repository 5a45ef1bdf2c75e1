// The elements of a map, field by field; per-CPU values on one line each.
import type { Layout } from 'libbpf-ts';
import { MAPS, type MapName } from '../../../loader/abi/abi.gen.ts';
import type { AbiMap } from '../../../loader/abi/declarations.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import type { Column } from '../output/table.ts';
import { dumpWord } from './dump-words.ts';

export interface DumpRow {
  readonly key: unknown;
  /** Only of per-CPU maps. */
  readonly cpu?: number;
  readonly value: unknown;
}

/** Of the first `limit` elements. */
export function dumpRows(maps: MapSet, name: MapName, limit = Infinity): DumpRow[] {
  const entries: [unknown, unknown][] = [];
  for (const entry of maps[name].entries()) {
    if (entries.length >= limit) break;
    entries.push(entry);
  }
  return entries.flatMap(([key, value]) =>
    Array.isArray(value)
      ? value.map((ofCpu: unknown, cpu) => ({ key, cpu, value: ofCpu }))
      : [{ key, value }],
  );
}

/** One column per field, without padding; numbers that have a word are shown as it. */
export function dumpColumns(name: MapName): Column<DumpRow>[] {
  const { key, value, typeName }: AbiMap = MAPS[name];
  return [
    ...fieldsOf(key).map(field => column(name, 'key', field)),
    ...(typeName.startsWith('PERCPU') ? [{ title: 'CPU', text: (row: DumpRow) => String(row.cpu) }] : []),
    ...fieldsOf(value).map(field => column(name, 'value', field)),
  ];
}

/** Undefined for a value that is not a struct. */
type Field = string | undefined;

function fieldsOf(layout: Layout | undefined): Field[] {
  if (layout?.kind !== 'struct') return [undefined];
  return layout.members.filter(({ padding }) => !padding).map(({ name }) => name);
}

function column(map: MapName, part: 'key' | 'value', field: Field): Column<DumpRow> {
  const title = (field ?? part).replace(/[A-Z]/g, letter => ` ${letter}`).toUpperCase();
  return {
    title,
    text: row => {
      const found = field === undefined ? row[part] : member(row[part], field);
      return dumpWord(map, part, field ?? '', found) ?? cell(found);
    },
  };
}

function member(value: unknown, field: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[field];
}

function cell(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value) // a nested struct
    .map(([name, part]) => `${name}=${cell(part)}`)
    .join(' ');
}

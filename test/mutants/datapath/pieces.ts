// What the player plays: every row of the tables, and every story.
import { HOOK_NAMES, type HookName } from '../../../loader/abi/hook-name.ts';
import type { Stories, Story } from '../../support/bpf/story.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { hooksOf } from '../../support/bpf/play-story.ts';
import { STORIES } from '../../bpf/stories/all.ts';
import { TABLES } from '../../bpf/tables/all.ts';

export interface Piece {
  readonly title: string;
  /** Whose programs are loaded for it, sorted; pieces with the same ones are played by one process. */
  readonly hooks: readonly HookName[];
  readonly row?: { readonly table: Table; readonly row: Row };
  readonly story?: { readonly constants: Stories['constants']; readonly story: Story };
}

const ROWS: readonly Piece[] = HOOK_NAMES.flatMap(hook =>
  TABLES.filter(table => table.hook === hook).flatMap(rowsOf),
);
const TALES: readonly Piece[] = STORIES.flatMap(talesOf);

export type First = 'rows' | 'stories';

/** All of those groups, the one kind before the other, and those of those titles. */
export function piecesNamed(names: readonly string[], first: First = 'rows'): readonly Piece[] {
  const wanted = new Set(names);
  const all = first === 'rows' ? [...ROWS, ...TALES] : [...TALES, ...ROWS];
  return all.filter(({ title, hooks }) => wanted.has(title) || wanted.has(groupOf(hooks)));
}

/** Titles by the group that their piece is in, the most titles first; what is no title is passed over. */
export function grouped(titles: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, Set<string>>();
  for (const { title, hooks } of piecesNamed(titles)) {
    const group = groups.get(groupOf(hooks)) ?? new Set();
    groups.set(groupOf(hooks), group.add(title));
  }
  const sorted = [...groups].sort(([, one], [, other]) => other.size - one.size);
  return new Map(sorted.map(([group, found]) => [group, [...found]]));
}

/** Those that load the fewest programs come first. */
export const GROUPS: ReadonlyMap<string, readonly HookName[]> = new Map(
  [...ROWS, ...TALES]
    .map(({ hooks }) => [groupOf(hooks), hooks] as const)
    .sort(([, one], [, other]) => one.length - other.length),
);

function groupOf(hooks: readonly HookName[]): string {
  return hooks.join(' and ');
}

function rowsOf(table: Table): Piece[] {
  const { hook, title } = table;
  return table.rows.map(row => ({
    title: `${hook}: ${title}: ${row.name}`,
    hooks: [hook],
    row: { table, row },
  }));
}

function talesOf({ title, constants, stories }: Stories): Piece[] {
  return stories.map(story => ({
    title: `stories: ${title}: ${story.name}`,
    hooks: hooksOf({ stories: [story] }).toSorted(),
    story: { constants, story },
  }));
}

// The two profiles as tables, and their part of docs/performance.md.
import { machineText, type MachineFacts } from '../machine-facts.ts';
import { markdownTable, pageBlock, withBlock } from '../page-block.ts';
import { spread } from '../statistics.ts';
import type { Breakdown } from './breakdown.ts';
import { EVERYTHING_ELSE } from './symbol-categories.ts';
import type { Profile } from './underlays.ts';

const BLOCK = pageBlock('profile', 'make profile');
/** Smaller parts are not listed. Microseconds. */
const MIN_SHARE = 0.05;

/** The page with its profiles anew; throws when it has no place for them. */
export function withProfiles(page: string, profiles: readonly Profile[], machine: MachineFacts): string {
  const text = [
    `Machine: ${machineText(machine)}.`,
    ...profiles.flatMap(each => ['', ...profileTable(each)]),
  ];
  return withBlock(page, BLOCK, `${text.join('\n')}\n`);
}

/** In lines of Markdown; the largest of what ours spends comes first. */
export function profileTable({ underlay, breakdowns }: Profile): readonly string[] {
  const columns = [...breakdowns.values()];
  const row = (name: string, cell: (breakdown: Breakdown) => string): string[] => [
    name,
    ...columns.map(cell),
  ];
  return markdownTable(
    [underlay, ...breakdowns.keys()],
    [
      ...partNames(breakdowns).map(name => row(name, ({ parts }) => microseconds(parts.get(name) ?? 0))),
      row('**all**', ({ all }) => `**${microseconds(all)}**`),
      row('all, from the cheapest round to the dearest', ({ allOfRounds }) =>
        spread(allOfRounds).map(microseconds).join('–'),
      ),
      row('packets in others’ names, not in the sum', ({ elsewhere }) => microseconds(elsewhere)),
    ],
  );
}

function partNames(breakdowns: Profile['breakdowns']): readonly string[] {
  const columns = [...breakdowns.values()];
  const most = (name: string): number => Math.max(...columns.map(({ parts }) => parts.get(name) ?? 0));
  const ours = (name: string): number => breakdowns.get('ours')?.parts.get(name) ?? 0;
  const names = new Set(columns.flatMap(({ parts }) => [...parts.keys()]));
  names.delete(EVERYTHING_ELSE);
  const told = [...names].filter(name => most(name) >= MIN_SHARE);
  return [...told.sort((a, b) => ours(b) - ours(a)), EVERYTHING_ELSE];
}

function microseconds(value: number): string {
  return value < MIN_SHARE ? '–' : value.toFixed(1);
}

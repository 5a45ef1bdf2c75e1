// A soak's rounds, for people: a line for each fault, and a sentence for each failure.
import { colour, forTerminal } from '../../cmd/heddlectl/output/colour.ts';
import { renderTable, type Column } from '../../cmd/heddlectl/output/table.ts';
import { median } from '../bench/statistics.ts';
import type { RoundOutcome } from './round.ts';
import type { SoakResult } from './run.ts';

interface FaultRow {
  readonly fault: string;
  readonly alone: number;
  readonly paired: number;
  readonly rounds: readonly RoundOutcome[];
}

function count(title: string, of: (row: FaultRow) => number): Column<FaultRow> {
  return { title, align: 'right', text: row => of(row).toLocaleString('en') };
}

function sumOf(name: 'paid' | 'lost' | 'broken' | 'deniedThrough'): (row: FaultRow) => number {
  return ({ rounds }) => rounds.reduce((sum, round) => sum + round[name], 0);
}

function seconds(title: string, of: (values: readonly number[]) => number): Column<FaultRow> {
  return {
    ...{ title, align: 'right' },
    text: ({ rounds }) => {
      const values = rounds.flatMap(({ secondsToReady }) => secondsToReady ?? []);
      return values.length === 0 ? '-' : of(values).toFixed(1);
    },
  };
}

const COLUMNS: readonly Column<FaultRow>[] = [
  { title: 'FAULT', text: ({ fault }) => fault },
  count('ALONE', ({ alone }) => alone),
  count('WITH ANOTHER', ({ paired }) => paired),
  count('PAID', sumOf('paid')),
  count('LOST', sumOf('lost')),
  count('BROKEN', sumOf('broken')),
  count('DENIED THROUGH', sumOf('deniedThrough')),
  seconds('READY AFTER, S', median),
  seconds('MOST', values => Math.max(...values)),
  { title: 'VERDICT', text: verdictOf, tint: (row, text) => (isWell(row) ? text : colour.red(text)) },
];

/** Rounds of two faults count for both. */
export function soakTable({ rounds }: SoakResult): string {
  const names = [...new Set(rounds.flatMap(({ faults }) => faults.map(({ fault }) => fault)))].sort();
  const rows = names.map((fault): FaultRow => {
    const its = rounds.filter(({ faults }) => faults.some(each => each.fault === fault));
    const alone = its.filter(({ faults }) => faults.length === 1).length;
    return { fault, alone, paired: its.length - alone, rounds: its };
  });
  return forTerminal(renderTable(rows, COLUMNS));
}

/** Each names its fault, the node, what was expected and what was found. */
export function failuresOf({ rounds, atTheEnd }: SoakResult): readonly string[] {
  const ofRounds = rounds.flatMap(({ source, faults, failures }) => {
    const names = faults.map(({ fault, node }) => `${fault} on ${node}`).join(' + ');
    return failures.map(sentence => `${source}: ${names}: ${sentence}`);
  });
  return [...ofRounds, ...atTheEnd.map(sentence => `at the end: ${sentence}`)];
}

function isWell({ rounds }: FaultRow): boolean {
  return rounds.every(({ failures }) => failures.length === 0);
}

function verdictOf(row: FaultRow): string {
  return isWell(row) ? 'ok' : 'FAILED';
}

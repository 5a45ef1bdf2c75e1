// One row of a table over a bench: what was there before, the packet, and what became of it.
import type { Bench, Outcome } from './bench.ts';
import { CLUSTER } from './cluster-given.ts';
import { givenWith } from './given.ts';
import type { Row, Table } from './table.ts';
import { trackedFlows } from './tracked.ts';

/** What is compared with a row. */
export interface Played extends Outcome {
  /** Undefined where the row does not ask. */
  readonly tracked: readonly string[] | undefined;
}

export function playRow(bench: Bench, table: Table, row: Row): Played {
  const outcome = runRow(bench, table, row);
  return { ...outcome, tracked: row.tracked === undefined ? undefined : trackedFlows(bench) };
}

export function runRow(bench: Bench, table: Table, row: Row): Outcome {
  bench.fill(givenWith(CLUSTER, row.given ?? {}));
  const context = { ...table.context, ...row.context };
  for (const packet of row.before ?? []) bench.run(packet.bytes(), context);
  return bench.run(row.sent.bytes(), context);
}

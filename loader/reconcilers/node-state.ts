// State of the last table write.
import type { TablesInput } from '../model/tables-input.ts';
import type { DesiredTables } from '../model/desired-tables.ts';
import type { TableWriters } from './table-writers.ts';

export interface NodeState {
  readonly input: TablesInput;
  readonly tables: DesiredTables;
  /** MTU of pods' interfaces, bytes. */
  readonly podMtu: number;
  /** Writers of the maps that hold the tables. */
  readonly writers: TableWriters;
}

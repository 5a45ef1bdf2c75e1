// The node as its tables were last written.
import type { DataplaneInput } from '../model/dataplane-input.ts';
import type { DataplaneTables } from '../model/dataplane-tables.ts';
import type { TableWriters } from './table-writers.ts';

export interface NodeState {
  readonly input: DataplaneInput;
  readonly tables: DataplaneTables;
  /** Of pods' interfaces, bytes. */
  readonly podMtu: number;
  /** Of the maps that hold them. */
  readonly writers: TableWriters;
}

// Difference of two tables of encoded rows; pure.

/** Value bytes by key bytes, both as latin1 text: equal bytes are equal strings, and comparing them decodes nothing. */
export type EncodedRows = ReadonlyMap<string, string>;

export interface TableDiff {
  /** Rows that are missing or differ, in desired order. */
  readonly set: readonly (readonly [key: string, value: string])[];
  /** Keys that are not desired. */
  readonly delete: readonly string[];
  /** Rows that are equal already. */
  readonly kept: number;
}

export function diffTable(desired: EncodedRows, actual: EncodedRows): TableDiff {
  const set: [string, string][] = [];
  for (const [key, value] of desired) if (actual.get(key) !== value) set.push([key, value]);
  const surplus: string[] = [];
  for (const key of actual.keys()) if (!desired.has(key)) surplus.push(key);
  return { set, delete: surplus, kept: desired.size - set.length };
}

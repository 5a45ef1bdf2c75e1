// Rows of Services that nothing refers to any more, until no program reads them.
import type { BackendSet } from '../services/service-rows.ts';

type Table = 'services' | 'backends' | 'states';

export class RetiredRows {
  /** Encoded keys. */
  readonly services = new Set<string>();
  readonly backends = new Set<string>();
  readonly states = new Set<string>();
  /** Lists whose rows all go, by their keys: an equal list may be another object. */
  readonly sets = new Map<string, BackendSet>();

  get isEmpty(): boolean {
    return this.services.size + this.backends.size + this.states.size === 0;
  }

  add(rows: Partial<Record<Table, readonly string[]>> & { readonly sets?: readonly BackendSet[] }): void {
    for (const key of rows.services ?? []) this.services.add(key);
    for (const key of rows.backends ?? []) this.backends.add(key);
    for (const key of rows.states ?? []) this.states.add(key);
    for (const set of rows.sets ?? []) this.sets.set(set.key, set);
  }

  /** A list that has come back keeps its number. */
  keepSet({ key }: BackendSet, rows: readonly string[]): void {
    this.sets.delete(key);
    this.keep('backends', rows);
  }

  keep(table: Table, keys: Iterable<string>): void {
    for (const key of keys) this[table].delete(key);
  }
}

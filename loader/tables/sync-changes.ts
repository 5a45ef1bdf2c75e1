// What a comparison of a map with what it should hold has led to, in words.
import type { TableSync } from './sync-table.ts';
import type { Change } from '../model/change.ts';

export function syncChanges(subject: string, { written, deleted }: TableSync): Change[] {
  return [
    ...(written > 0 ? [{ subject, action: `${written} rows written` }] : []),
    ...(deleted > 0 ? [{ subject, action: `${deleted} rows deleted` }] : []),
  ];
}

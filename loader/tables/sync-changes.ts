// Describes the result of a table sync for the log.
import type { TableSync } from './sync-table.ts';
import type { Change } from '../model/change.ts';

export function syncChanges(subject: string, { written, deleted }: TableSync): Change[] {
  return [
    ...(written > 0 ? [{ subject, action: `${written} rows written` }] : []),
    ...(deleted > 0 ? [{ subject, action: `${deleted} rows deleted` }] : []),
  ];
}

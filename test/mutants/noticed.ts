// Who noticed each mutant of the datapath last, in noticed.json: whoever that is, is asked first.
import { readFileSync, writeFileSync } from 'node:fs';

export const NOTICED_FILE = 'test/mutants/noticed.json';

export type NoticedBy = Readonly<Record<string, string>>;

export function readNoticed(): NoticedBy {
  return JSON.parse(readFileSync(NOTICED_FILE, 'utf8')) as NoticedBy;
}

/** Sorted by name; of `names` only: what is no mutant any more is dropped. */
export function withNoticed(
  known: NoticedBy,
  names: ReadonlySet<string>,
  name: string,
  by: string | undefined,
): NoticedBy {
  const entries = Object.entries(known).filter(([other]) => other !== name && names.has(other));
  if (by !== undefined) entries.push([name, by]);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Read anew before: another run may have written meanwhile. */
export function noteNoticed(names: ReadonlySet<string>, name: string, by: string | undefined): void {
  const noticed = withNoticed(readNoticed(), names, name, by);
  writeFileSync(NOTICED_FILE, `${JSON.stringify(noticed, undefined, 2)}\n`);
}

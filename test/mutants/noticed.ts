// Who noticed each mutant of the datapath last, in noticed.json: whoever that is, is asked first.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Mutant } from './mutant.ts';

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

/** Who is asked first: who noticed that very mutant, else rows and stories that noticed others in the same files. */
export function likelyToNotice(mutant: Mutant, all: readonly Mutant[], known: NoticedBy): readonly string[] {
  const last = known[mutant.name];
  if (last !== undefined) return [last];
  const files = filesOf(mutant);
  const near = all.filter(other => filesOf(other).some(file => files.includes(file)));
  return [...new Set(near.flatMap(({ name }) => known[name] ?? []))].filter(by => !by.endsWith('.test.ts'));
}

function filesOf({ edits }: Mutant): readonly string[] {
  return edits.map(({ file }) => file);
}

/** Read anew before: another run may have written meanwhile. */
export function noteNoticed(names: ReadonlySet<string>, name: string, by: string | undefined): void {
  const noticed = withNoticed(readNoticed(), names, name, by);
  writeFileSync(NOTICED_FILE, `${JSON.stringify(noticed, undefined, 2)}\n`);
}

// A mutant: one fault, as edits of the product's source. Building and testing it is in other files.
import { readFileSync } from 'node:fs';

export interface Edit {
  readonly file: string;
  /** Is there exactly once, unless `nth` says which one is meant. */
  readonly find: string;
  readonly replace: string;
  /** Counted from 1. */
  readonly nth?: number;
}

export interface Mutant {
  /** Also a file's name. */
  readonly name: string;
  readonly fault: string;
  readonly edits: readonly Edit[];
  /** Why nothing outside of the code can tell it from the product. */
  readonly equivalent?: string;
  /** The known fault of the product that hides it, and how: a test can notice it once that is mended. */
  readonly hiddenBy?: string;
}

/** Throws when a source no longer reads as the mutant has it: a fault that is not there proves nothing. */
export function mutatedSources(mutant: Mutant): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const edit of mutant.edits) {
    const source = sources.get(edit.file) ?? readFileSync(edit.file, 'utf8');
    sources.set(edit.file, edited(source, edit, mutant.name));
  }
  return sources;
}

function edited(source: string, { file, find, replace, nth }: Edit, mutant: string): string {
  const parts = source.split(find);
  const found = parts.length - 1;
  if (nth === undefined && found !== 1)
    throw new Error(`mutant ${mutant}: ${file} has '${find}' ${found} times, not once`);
  if (nth !== undefined && (nth < 1 || nth > found))
    throw new Error(`mutant ${mutant}: ${file} has '${find}' ${found} times, no number ${nth}`);
  const at = nth ?? 1;
  return parts.slice(0, at).join(find) + replace + parts.slice(at).join(find);
}

/** Mutants of one edit each, of one file. */
export function mutantsOf(
  file: string,
  list: readonly (Omit<Mutant, 'edits'> & Omit<Edit, 'file'>)[],
): readonly Mutant[] {
  return list.map(({ find, replace, nth, ...mutant }) => ({
    ...mutant,
    edits: [{ file, find, replace, ...(nth === undefined ? {} : { nth }) }],
  }));
}

// Every verdict DROP_… that a function of bpf/ hands out, turned into VERDICT_NEXT: read from the source, so that a new
// one is a mutant without being listed.
import type { Edit, Mutant } from '../mutant.ts';

/** What is returned or assigned; not a comparison with the enum, and not an argument. */
const HANDED_OUT = /(?:\breturn\b|[^=!<>]=(?!=)|\?|:)\s*(DROP_[A-Z_]+)\b/g;
const FUNCTION = /^[^\s#/].*?\b(\w+)\(/;
/** Why one of them behaves like the product, by the mutant's name. */
export type Explanations = Readonly<Record<string, Pick<Mutant, 'equivalent'> | Pick<Mutant, 'hiddenBy'>>>;

/** In the order of the text. A mutant is named for its function and verdict, and numbered if it is not alone. */
export function droppedVerdicts(file: string, source: string): readonly Mutant[] {
  const occurrences = new Map<string, number>();
  const named = new Map<string, number>();
  const mutants: Mutant[] = [];
  let inFunction = 'file';
  for (const line of source.split('\n')) {
    inFunction = FUNCTION.exec(line)?.[1] ?? inFunction;
    const handedOut = new Set(
      [...line.matchAll(HANDED_OUT)].map(({ index, 0: text }) => index + text.length),
    );
    for (const { 0: verdict, index } of line.matchAll(/DROP_[A-Z_]+\b/g)) {
      const nth = next(occurrences, verdict);
      if (!handedOut.has(index + verdict.length)) continue;
      const number = next(named, `${inFunction}-${verdict}`);
      mutants.push(mutantOf({ file, find: verdict, replace: 'VERDICT_NEXT', nth }, inFunction, number));
    }
  }
  return mutants;
}

/** Throws for an explanation of what is not there. */
export function explained(mutants: readonly Mutant[], explanations: Explanations): readonly Mutant[] {
  const names = new Set(mutants.map(({ name }) => name));
  const stale = Object.keys(explanations).filter(name => !names.has(name));
  if (stale.length > 0) throw new Error(`no mutant is named ${stale.join(', ')}: remove what explains it`);
  return mutants.map(mutant => ({ ...mutant, ...explanations[mutant.name] }));
}

function mutantOf(edit: Edit, inFunction: string, number: number): Mutant {
  const suffix = number === 1 ? '' : `-${number}`;
  return {
    name: `${inFunction}-${edit.find}${suffix}`,
    fault: `${inFunction}() in ${edit.file} goes on instead of ${edit.find}${number === 1 ? '' : `, its number ${number}`}`,
    edits: [edit],
  };
}

function next(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

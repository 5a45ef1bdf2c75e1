// Names and short names of the object kinds: pod, pods, po.
import { wordList } from '../../../loader/config/word-list.ts';
import { kindSpec, objectKinds, type ObjectKind } from '../../../loader/model/kinds.ts';
import { UsageError } from '../invocation/usage-error.ts';

/** A kind without a collection is part of another kind's objects. */
const named = objectKinds.filter(kind => kindSpec(kind).collection !== undefined);

const KIND_ALIASES: ReadonlyMap<string, ObjectKind> = new Map(
  named.flatMap(kind => {
    const { plural, shortNames } = kindSpec(kind);
    return [kind.toLowerCase(), plural, ...shortNames].map(word => [word, kind] as const);
  }),
);

export function kindNamed(word: string): ObjectKind {
  const kind = KIND_ALIASES.get(word.toLowerCase());
  if (kind !== undefined) return kind;
  const words = named.map(each => each.toLowerCase());
  throw new UsageError(`'${word}' is not a kind of object: use ${wordList(words, 'or')}`);
}

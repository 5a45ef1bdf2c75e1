// Names and short names of the object kinds, as they are typed: pod, pods, po; and of one object.
import { didYouMean } from '../../../loader/config/nearest.ts';
import { wordList } from '../../../loader/config/word-list.ts';
import { foreignKindText } from '../../../loader/model/foreign-kinds.ts';
import {
  isPolicyKind,
  kindSpec,
  objectKinds,
  policyKinds,
  type ObjectKind,
  type PolicyKind,
} from '../../../loader/model/kinds.ts';
import { UsageError } from './usage-error.ts';

/** A kind without a collection is part of another kind's objects. */
const named = objectKinds.filter(kind => kindSpec(kind).collection !== undefined);

const KIND_ALIASES: ReadonlyMap<string, ObjectKind> = new Map(
  named.flatMap(kind => {
    const { plural, shortNames } = kindSpec(kind);
    return [kind.toLowerCase(), plural, ...shortNames].map(word => [word, kind] as const);
  }),
);

/** One for each kind. */
export const kindWords: readonly string[] = named.map(kind => kind.toLowerCase());

/** Throws `UsageError` for a word that is not a kind, or one of another network's. */
export function kindNamed(word: string): ObjectKind {
  return known(word, kindWords);
}

export function policyKindNamed(word: string): PolicyKind {
  const words = policyKinds.map(kind => kind.toLowerCase());
  const kind = known(word, words);
  if (isPolicyKind(kind)) return kind;
  throw new UsageError(`a ${kind} is not a policy: use ${wordList(words, 'or')}`);
}

function known(word: string, words: readonly string[]): ObjectKind {
  const kind = KIND_ALIASES.get(word.toLowerCase());
  if (kind !== undefined) return kind;
  const foreign = foreignKindText(word);
  if (foreign !== undefined) throw new UsageError(`the kind '${word}' ${foreign}`);
  const hint = didYouMean(word, KIND_ALIASES.keys());
  throw new UsageError(`'${word}' is not a kind of object${hint || `: use ${wordList(words, 'or')}`}`);
}

export interface TypedName {
  readonly namespace?: string;
  readonly name: string;
}

/** NAMESPACE/NAME, or NAME: a kind without namespaces, or the default one. */
export function objectNamed(kind: ObjectKind, text: string): TypedName {
  const parts = text.split('/');
  const isCluster = kindSpec(kind).scope === 'cluster';
  if (parts.length > (isCluster ? 1 : 2) || parts.includes('')) {
    const form = isCluster ? 'NAME, without a namespace' : 'NAMESPACE/NAME';
    throw new UsageError(`name '${text}' is not a name of a ${kind}: write it as ${form}`);
  }
  const [name = '', namespace] = parts.reverse();
  return { name, ...(namespace !== undefined && { namespace }) };
}

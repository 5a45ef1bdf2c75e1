// Sets of network peers, comparable by a key.
import type { NetworkTerm } from './peer-terms.ts';

/** The network terms that match an address. */
export interface NetworkSet {
  /** Of this process only. */
  readonly key: string;
  readonly terms: readonly NetworkTerm[];
}

export const NO_NETWORKS: NetworkSet = { key: '', terms: [] };

/** Of several addresses together. */
export function unionOf(sets: readonly NetworkSet[]): NetworkSet {
  const [first = NO_NETWORKS, ...others] = sets.filter(({ terms }) => terms.length > 0);
  if (others.every(({ key }) => key === first.key)) return first;
  return setOf(new Set(sets.flatMap(({ terms }) => terms)));
}

export function setOf(terms: ReadonlySet<NetworkTerm>): NetworkSet {
  const sorted = [...terms].sort((a, b) => a.id - b.id);
  return { key: sorted.map(({ id }) => id).join(','), terms: sorted };
}

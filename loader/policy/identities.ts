// Identities: peers that no active policy distinguishes share one number.
import { ANY_PEER } from './compiled.ts';
import { StableIds, type TextHash } from '../collections/stable-ids.ts';
import type { NetworkSet } from './network-set.ts';
import type { PeerTerm } from './peer-terms.ts';
import { Interner, type Interned } from '../collections/interner.ts';
import { portsKey, type NamedPort } from './port-names.ts';

/** What an identity consists of, apart from networks. */
export interface IdentityKey {
  /** Of this process only. */
  readonly key: string;
  readonly isOwnNode: boolean;
  readonly terms: readonly PeerTerm[];
  readonly ports: readonly NamedPort[];
}

export interface Identity extends Interned {
  readonly number: number;
  readonly isOwnNode: boolean;
  readonly terms: readonly PeerTerm[];
  readonly ports: readonly NamedPort[];
  /** What the number is derived from. */
  readonly content: string;
}

export const NO_IDENTITY_KEY = identityKey(new Set(), [], false);

export const anyPeer: Identity = {
  key: '',
  users: 1,
  number: ANY_PEER,
  isOwnNode: false,
  terms: [],
  ports: [],
  content: '',
};

export function identityKey(
  terms: ReadonlySet<PeerTerm>,
  ports: readonly NamedPort[],
  isOwnNode: boolean,
): IdentityKey {
  const sorted = [...terms].sort((a, b) => a.id - b.id);
  const key = `${isOwnNode ? 'own' : ''};${sorted.map(({ id }) => id).join(',')};${portsKey(ports)}`;
  return { key, isOwnNode, terms: sorted, ports };
}

/**
 * A peer that matches no term, has no port that a rule names and is not the own node has ANY_PEER and no number. What
 * kind of peer it is makes no difference: a rule that sees the kind has a term for it. So an address without an
 * identity of its own gets the same verdict from the networks that contain it.
 */
export class Identities {
  readonly #pool = new Interner<Identity>();
  readonly #numbers: StableIds;

  constructor(hash?: TextHash) {
    this.#numbers = new StableIds(ANY_PEER + 1, hash);
  }

  acquire(key: IdentityKey, networks: NetworkSet): Identity {
    const { isOwnNode, ports } = key;
    const isAnyPeer = !isOwnNode && ports.length === 0 && key.terms.length + networks.terms.length === 0;
    if (isAnyPeer) return anyPeer;
    return this.#pool.acquire(`${key.key}|${networks.key}`, () => this.#make(key, networks));
  }

  release(identity: Identity): void {
    if (identity !== anyPeer) this.#pool.release(identity);
  }

  takeFresh(): readonly Identity[] {
    return this.#pool.takeFresh();
  }

  /** Their numbers are free again only after `release`. */
  sweep(): readonly Identity[] {
    return this.#pool.sweep();
  }

  freeNumber({ content }: Identity): void {
    this.#numbers.free(content);
  }

  #make({ key, isOwnNode, terms: others, ports }: IdentityKey, networks: NetworkSet): Identity {
    const terms: readonly PeerTerm[] = [...others, ...networks.terms];
    const names = terms.map(term => term.digest).sort();
    const content = JSON.stringify([isOwnNode, names, portsKey(ports)]);
    const number = this.#numbers.allocate(content);
    return { key: `${key}|${networks.key}`, users: 0, number, isOwnNode, terms, ports, content };
  }
}

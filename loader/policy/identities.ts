// Identities: everybody whom no policy in force here can tell apart.
import { ANYBODY } from './compiled.ts';
import { StableIds, type TextHash } from '../collections/stable-ids.ts';
import type { NetworkSet } from './network-set.ts';
import type { PeerTerm } from './peer-terms.ts';
import { Interner, type Interned } from '../collections/interner.ts';
import { portsKey, type NamedPort } from './port-names.ts';

/** All that makes up an identity beside networks. */
export interface Signature {
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
  /** What the number is made of. */
  readonly content: string;
}

export const NO_SIGNATURE = signature(new Set(), [], false);

export const anybody: Identity = {
  key: '',
  users: 1,
  number: ANYBODY,
  isOwnNode: false,
  terms: [],
  ports: [],
  content: '',
};

export function signature(
  terms: ReadonlySet<PeerTerm>,
  ports: readonly NamedPort[],
  isOwnNode: boolean,
): Signature {
  const sorted = [...terms].sort((a, b) => a.id - b.id);
  const key = `${isOwnNode ? 'own' : ''};${sorted.map(({ id }) => id).join(',')};${portsKey(ports)}`;
  return { key, isOwnNode, terms: sorted, ports };
}

/**
 * Who matches nothing, has no port that a rule names and is not the own node is anybody, and has no number. What kind
 * of peer it is makes no difference: a rule that sees the kind has a term for it. So an address that is given no
 * identity of its own is judged alike by the networks that contain it.
 */
export class Identities {
  readonly #pool = new Interner<Identity>();
  readonly #numbers: StableIds;

  constructor(hash?: TextHash) {
    this.#numbers = new StableIds(ANYBODY + 1, hash);
  }

  take(signature: Signature, networks: NetworkSet): Identity {
    const { isOwnNode, ports } = signature;
    const isAnybody =
      !isOwnNode && ports.length === 0 && signature.terms.length + networks.terms.length === 0;
    if (isAnybody) return anybody;
    return this.#pool.acquire(`${signature.key}|${networks.key}`, () => this.#make(signature, networks));
  }

  drop(identity: Identity): void {
    if (identity !== anybody) this.#pool.release(identity);
  }

  takeFresh(): readonly Identity[] {
    return this.#pool.takeFresh();
  }

  /** Their numbers are free again only after `release`. */
  sweep(): readonly Identity[] {
    return this.#pool.sweep();
  }

  release({ content }: Identity): void {
    this.#numbers.free(content);
  }

  #make({ key, isOwnNode, terms: others, ports }: Signature, networks: NetworkSet): Identity {
    const terms: readonly PeerTerm[] = [...others, ...networks.terms];
    const names = terms.map(term => term.digest).sort();
    const content = JSON.stringify([isOwnNode, names, portsKey(ports)]);
    const number = this.#numbers.allocate(content);
    return { key: `${key}|${networks.key}`, users: 0, number, isOwnNode, terms, ports, content };
  }
}

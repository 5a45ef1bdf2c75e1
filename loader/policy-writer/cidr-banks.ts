// Identities of prefixes in two banks of one LPM trie: a prefix of one bank alone must not show in the other.
import { addrToBytes, cidrAddr, cidrPrefixBits, type Cidr } from 'ip';
import { containing, PrefixTrie, prune, type TrieNode } from '../collections/prefix-trie.ts';
import { Banks } from './banks.ts';

export class CidrBanks {
  readonly #banks = new Banks<Cidr, number>();
  readonly #trie = new PrefixTrie<Cidr>();
  readonly #nodes = new Map<Cidr, TrieNode<Cidr>>();

  /** Keys of both banks. */
  keys(): Iterable<Cidr> {
    return this.#nodes.keys();
  }

  activeKeys(): Iterable<Cidr> {
    return this.#banks.keys();
  }

  staged(): readonly Cidr[] {
    return this.#banks.staged();
  }

  /** In the active bank, as the kernel has it. */
  setActive(cidr: Cidr, identity: number): void {
    this.#add(cidr);
    this.#banks.setActive(cidr, identity);
  }

  stage(cidr: Cidr, identity: number | undefined): void {
    this.#add(cidr);
    this.#banks.stage(cidr, identity);
    this.#dropIfUnknown(cidr);
  }

  commit(keepOld: boolean): void {
    this.#banks.commit(keepOld);
  }

  /** Returns the prefixes whose banks differed. */
  syncShadow(): readonly Cidr[] {
    return this.#banks.syncShadow();
  }

  /** Deletes those that neither bank has, and returns them. */
  prune(cidrs: readonly Cidr[]): readonly Cidr[] {
    return cidrs.filter(cidr => this.#dropIfUnknown(cidr));
  }

  has(cidr: Cidr): boolean {
    return this.#nodes.has(cidr);
  }

  /** The value for the row; a prefix that the bank lacks inherits from the longest prefix around it. */
  active(cidr: Cidr): number {
    return this.#effective(cidr, each => this.#banks.active(each));
  }

  shadow(cidr: Cidr): number {
    return this.#effective(cidr, each => this.#banks.shadow(each));
  }

  #effective(cidr: Cidr, identityOf: (cidr: Cidr) => number | undefined): number {
    const own = identityOf(cidr);
    const node = this.#nodes.get(cidr);
    if (own !== undefined || node === undefined) return own ?? 0;
    for (const around of containing(node)) {
      const identity = identityOf(around);
      if (identity !== undefined) return identity;
    }
    return 0;
  }

  #add(cidr: Cidr): void {
    if (this.#nodes.has(cidr)) return;
    const node = this.#trie.at(addrToBytes(cidrAddr(cidr)), cidrPrefixBits(cidr));
    node.value = cidr;
    this.#nodes.set(cidr, node);
  }

  #dropIfUnknown(cidr: Cidr): boolean {
    const isKnown = [this.#banks.active(cidr), this.#banks.shadow(cidr)].some(each => each !== undefined);
    const node = this.#nodes.get(cidr);
    if (isKnown || node === undefined) return false;
    node.value = undefined;
    this.#nodes.delete(cidr);
    prune(node);
    return true;
  }
}

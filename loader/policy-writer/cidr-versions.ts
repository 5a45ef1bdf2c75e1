// Identities of prefixes in two versions of one trie: a prefix that only one version knows must not show in the other.
import { addrToBytes, type Cidr, cidrAddr, cidrPrefixBits } from 'ip';
import { containing, PrefixTrie, prune, type TrieNode } from '../collections/prefix-trie.ts';
import { Versions } from './versions.ts';

export class CidrVersions {
  readonly #versions = new Versions<Cidr, number>();
  readonly #trie = new PrefixTrie<Cidr>();
  readonly #nodes = new Map<Cidr, TrieNode<Cidr>>();

  /** Of either version. */
  keys(): Iterable<Cidr> {
    return this.#nodes.keys();
  }

  inForceKeys(): Iterable<Cidr> {
    return this.#versions.keys();
  }

  staged(): readonly Cidr[] {
    return this.#versions.staged();
  }

  /** In force, as the kernel has it. */
  put(cidr: Cidr, identity: number): void {
    this.#add(cidr);
    this.#versions.put(cidr, identity);
  }

  want(cidr: Cidr, identity: number | undefined): void {
    this.#add(cidr);
    this.#versions.want(cidr, identity);
    this.#dropIfUnknown(cidr);
  }

  advance(keepOld: boolean): void {
    this.#versions.advance(keepOld);
  }

  /** Answers those whose versions differed. */
  settle(): readonly Cidr[] {
    return this.#versions.settle();
  }

  /** Those of them that no version knows: from now on they are not here. */
  forget(cidrs: readonly Cidr[]): readonly Cidr[] {
    return cidrs.filter(cidr => this.#dropIfUnknown(cidr));
  }

  has(cidr: Cidr): boolean {
    return this.#nodes.has(cidr);
  }

  /** What its row must say: where it is not known, the same as the longest prefix around it. */
  inForce(cidr: Cidr): number {
    return this.#effective(cidr, each => this.#versions.inForce(each));
  }

  other(cidr: Cidr): number {
    return this.#effective(cidr, each => this.#versions.other(each));
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
    const isKnown = [this.#versions.inForce(cidr), this.#versions.other(cidr)].some(
      each => each !== undefined,
    );
    const node = this.#nodes.get(cidr);
    if (isKnown || node === undefined) return false;
    node.value = undefined;
    this.#nodes.delete(cidr);
    prune(node);
    return true;
  }
}

// Which network peers contain which prefixes and addresses.
import { type Addr, addrToBytes, type Cidr, cidrAddr, cidrPrefixBits, isIpv4, isIpv4Cidr } from 'ip';
import type { AddressRecord } from './addresses.ts';
import type { Identity } from './identities.ts';
import { NO_NETWORKS, setOf, type NetworkSet } from './network-set.ts';
import { containsCidr, type NetworkTerm } from './peer-terms.ts';
import { containing, PrefixTrie, prune, type TrieNode } from '../collections/prefix-trie.ts';

/** A prefix that some policy in force mentions. */
export interface Mention {
  readonly cidr: Cidr;
  readonly begins: Set<NetworkTerm>;
  readonly excepts: Set<NetworkTerm>;
  /** Beside those: it has to be there for another's sake. */
  isGuard: boolean;
  /** What matches the addresses there, as far as no longer prefix says otherwise; absent: not known yet. */
  networks: NetworkSet | undefined;
  identity: Identity | undefined;
}

interface Place {
  mention?: Mention;
  record?: AddressRecord;
}

type Node = TrieNode<Place>;

const EVERY_IPV4 = '0.0.0.0/0' as Cidr;
const MAPPED_BITS = 96;

/**
 * Addresses stand in the same trie as prefixes, so that a prefix which comes or goes reaches those it contains and no
 * others. Families have a trie each: ::/0 contains no IPv4 address.
 */
export class Networks {
  readonly #ipv4 = new PrefixTrie<Place>();
  readonly #ipv6 = new PrefixTrie<Place>();
  readonly #dirty = new Set<Node>();
  readonly #mentions = new Set<Mention>();
  readonly #records = new Set<AddressRecord>();
  readonly #gone = new Set<Mention>();
  /** Empty nodes stay until all is settled: who is below must still be reached through them. */
  readonly #empty = new Set<Node>();
  #ipv6AroundIpv4 = 0;

  addTerm(term: NetworkTerm): void {
    if (isVoid(term)) return;
    this.#mention(term.cidr).begins.add(term);
    for (const except of term.except) this.#mention(except).excepts.add(term);
  }

  deleteTerm(term: NetworkTerm): void {
    if (isVoid(term)) return;
    for (const cidr of [term.cidr, ...term.except]) {
      const mention = this.#mention(cidr);
      mention.begins.delete(term);
      mention.excepts.delete(term);
      this.#dropIfIdle(mention);
    }
  }

  addAddress(record: AddressRecord): void {
    const node = this.#nodeOfAddr(record.addr);
    node.value = { ...node.value, record };
    this.#dirty.add(node);
  }

  deleteAddress({ addr }: AddressRecord): void {
    const node = this.#nodeOfAddr(addr);
    const mention = node.value?.mention;
    node.value = mention && { mention };
    if (node.value === undefined) this.#empty.add(node);
  }

  /** Brings sets up to date and answers where they have changed; mentions in `gone` are no more. */
  settle(): { mentions: Iterable<Mention>; records: Iterable<AddressRecord>; gone: Iterable<Mention> } {
    // From short prefixes to long ones: what is below a refreshed one is refreshed with it.
    for (const node of [...this.#dirty].sort((a, b) => a.bits - b.bits))
      if (this.#dirty.has(node)) this.#refresh(node, inherited(node));
    const settled = {
      mentions: [...this.#mentions].filter(mention => !this.#gone.has(mention)),
      records: [...this.#records],
      gone: [...this.#gone],
    };
    for (const node of this.#empty) prune(node);
    for (const changed of [this.#mentions, this.#records, this.#gone, this.#empty]) changed.clear();
    return settled;
  }

  #mention(cidr: Cidr): Mention {
    const node = this.#nodeOfCidr(cidr);
    this.#dirty.add(node);
    const known = node.value?.mention;
    if (known !== undefined) return known;
    const mention: Mention = {
      cidr,
      begins: new Set(),
      excepts: new Set(),
      isGuard: false,
      networks: undefined,
      identity: undefined,
    };
    node.value = { ...node.value, mention };
    this.#guard(cidr, 1);
    return mention;
  }

  #dropIfIdle(mention: Mention): void {
    if (mention.isGuard || mention.begins.size + mention.excepts.size > 0) return;
    const node = this.#nodeOfCidr(mention.cidr);
    const record = node.value?.record;
    node.value = record && { record };
    this.#dirty.add(node);
    if (node.value === undefined) this.#empty.add(node);
    this.#gone.add(mention);
    this.#guard(mention.cidr, -1);
  }

  /** The kernel's table has IPv4 within ::ffff:0:0/96: a prefix around that must not be the longest for IPv4. */
  #guard(cidr: Cidr, step: 1 | -1): void {
    if (isIpv4Cidr(cidr) || !isAroundIpv4(cidr)) return;
    this.#ipv6AroundIpv4 += step;
    const isGuard = this.#ipv6AroundIpv4 > 0;
    const known = this.#nodeOfCidr(EVERY_IPV4).value?.mention;
    if (isGuard === (known?.isGuard ?? false)) return;
    const mention = known ?? this.#mention(EVERY_IPV4);
    mention.isGuard = isGuard;
    this.#dropIfIdle(mention);
  }

  #refresh(node: Node, networks: NetworkSet): void {
    this.#dirty.delete(node);
    const { mention, record } = node.value ?? {};
    if (mention) {
      networks = derive(networks, mention);
      if (mention.networks?.key !== networks.key) this.#mentions.add(mention);
      mention.networks = networks;
    }
    if (record && record.networks.key !== networks.key) {
      record.networks = networks;
      this.#records.add(record);
    }
    for (const child of node.children)
      if (child && this.#isStale(child, networks)) this.#refresh(child, networks);
  }

  #isStale(node: Node, networks: NetworkSet): boolean {
    const mention = node.value?.mention;
    return !mention || this.#dirty.has(node) || derive(networks, mention).key !== mention.networks?.key;
  }

  #nodeOfCidr(cidr: Cidr): Node {
    return this.#trie(isIpv4Cidr(cidr)).at(addrToBytes(cidrAddr(cidr)), cidrPrefixBits(cidr));
  }

  #nodeOfAddr(addr: Addr): Node {
    return this.#trie(isIpv4(addr)).at(addrToBytes(addr), 128);
  }

  #trie(ipv4: boolean): PrefixTrie<Place> {
    return ipv4 ? this.#ipv4 : this.#ipv6;
  }
}

function inherited(node: Node): NetworkSet {
  for (const { mention } of containing(node)) if (mention) return mention.networks ?? NO_NETWORKS;
  return NO_NETWORKS;
}

/** Most prefixes begin one network within none. */
function derive(around: NetworkSet, { begins, excepts }: Mention): NetworkSet {
  if (begins.size === 0 && !around.terms.some(term => excepts.has(term))) return around;
  const terms = new Set(around.terms);
  for (const term of excepts) terms.delete(term);
  for (const term of begins) terms.add(term);
  return setOf(terms);
}

/** Nothing is left of it. */
function isVoid({ cidr, except }: NetworkTerm): boolean {
  return except.some(inner => containsCidr(inner, cidr));
}

const MAPPED = Uint8Array.from({ length: 16 }, (_, i) => (i === 10 || i === 11 ? 0xff : 0));

function isAroundIpv4(cidr: Cidr): boolean {
  const bits = cidrPrefixBits(cidr);
  const bytes = addrToBytes(cidrAddr(cidr));
  for (let bit = 0; bit < Math.min(bits, MAPPED_BITS); bit++)
    if ((((bytes[bit >> 3] ?? 0) ^ (MAPPED[bit >> 3] ?? 0)) >> (7 - (bit & 7))) & 1) return false;
  return bits <= MAPPED_BITS;
}

// Which network peers contain which prefixes and addresses.
//
// hd_cidr is a longest-prefix-match table: the kernel finds one prefix and sees nothing of those around it. So each prefix that
// a policy names has the set of all network peers that match there: the set of the nearest prefix around it, with the peers
// that begin at it and without those that except it. Addresses that have an identity of their own are nodes of the same trie
// and inherit alike.
// A change marks nodes of the trie. They are refreshed from short prefixes to long ones, and a refresh goes down only while the
// inherited set differs: a peer that comes or goes costs the prefixes and addresses below its own prefix, and no others. A
// look-up is at most 128 steps. Sets are compared by a key, so equal sets end the descent.
import { type Addr, addrToBytes, type Cidr, cidrAddr, cidrPrefixBits, isIpv4, isIpv4Cidr } from 'ip';
import type { AddressRecord } from './addresses.ts';
import type { Identity } from './identities.ts';
import { NO_NETWORKS, setOf, type NetworkSet } from './network-set.ts';
import { containsCidr, type NetworkTerm } from './peer-terms.ts';
import { containing, PrefixTrie, prune, type TrieNode } from '../collections/prefix-trie.ts';

/** A prefix that an active policy names. */
export interface CidrEntry {
  readonly cidr: Cidr;
  readonly begins: Set<NetworkTerm>;
  readonly excepts: Set<NetworkTerm>;
  /** Kept for the sake of another entry: see `#guard`. */
  isGuard: boolean;
  /** The terms that match its addresses, where no longer prefix overrides it; absent: not computed yet. */
  networks: NetworkSet | undefined;
  identity: Identity | undefined;
}

interface Place {
  entry?: CidrEntry;
  record?: AddressRecord;
}

type Node = TrieNode<Place>;

const EVERY_IPV4 = '0.0.0.0/0' as Cidr;
const MAPPED_BITS = 96;

/**
 * Addresses are nodes of the same trie as prefixes, so that adding or deleting a prefix visits only what it contains.
 * Each family has a trie of its own: ::/0 contains no IPv4 address.
 */
export class Networks {
  readonly #ipv4 = new PrefixTrie<Place>();
  readonly #ipv6 = new PrefixTrie<Place>();
  readonly #dirty = new Set<Node>();
  readonly #entries = new Set<CidrEntry>();
  readonly #records = new Set<AddressRecord>();
  readonly #gone = new Set<CidrEntry>();
  /** Empty nodes stay until `recompute`: what lies below is reached through them. */
  readonly #empty = new Set<Node>();
  #ipv6AroundIpv4 = 0;

  addTerm(term: NetworkTerm): void {
    if (isVoid(term)) return;
    this.#entryOf(term.cidr).begins.add(term);
    for (const except of term.except) this.#entryOf(except).excepts.add(term);
  }

  deleteTerm(term: NetworkTerm): void {
    if (isVoid(term)) return;
    for (const cidr of [term.cidr, ...term.except]) {
      const entry = this.#entryOf(cidr);
      entry.begins.delete(term);
      entry.excepts.delete(term);
      this.#dropIfIdle(entry);
    }
  }

  addAddress(record: AddressRecord): void {
    const node = this.#nodeOfAddr(record.addr);
    node.value = { ...node.value, record };
    this.#dirty.add(node);
  }

  deleteAddress({ addr }: AddressRecord): void {
    const node = this.#nodeOfAddr(addr);
    const entry = node.value?.entry;
    node.value = entry && { entry };
    if (node.value === undefined) this.#empty.add(node);
  }

  /** Recomputes the sets of dirty subtrees and returns what changed; the entries in `gone` are deleted. */
  recompute(): { entries: Iterable<CidrEntry>; records: Iterable<AddressRecord>; gone: Iterable<CidrEntry> } {
    // Short prefixes first: refreshing one refreshes everything below it.
    for (const node of [...this.#dirty].sort((a, b) => a.bits - b.bits))
      if (this.#dirty.has(node)) this.#refresh(node, inherited(node));
    const changed = {
      entries: [...this.#entries].filter(entry => !this.#gone.has(entry)),
      records: [...this.#records],
      gone: [...this.#gone],
    };
    for (const node of this.#empty) prune(node);
    for (const changed of [this.#entries, this.#records, this.#gone, this.#empty]) changed.clear();
    return changed;
  }

  #entryOf(cidr: Cidr): CidrEntry {
    const node = this.#nodeOfCidr(cidr);
    this.#dirty.add(node);
    const known = node.value?.entry;
    if (known !== undefined) return known;
    const entry: CidrEntry = {
      cidr,
      begins: new Set(),
      excepts: new Set(),
      isGuard: false,
      networks: undefined,
      identity: undefined,
    };
    node.value = { ...node.value, entry: entry };
    this.#guard(cidr, 1);
    return entry;
  }

  #dropIfIdle(entry: CidrEntry): void {
    if (entry.isGuard || entry.begins.size + entry.excepts.size > 0) return;
    const node = this.#nodeOfCidr(entry.cidr);
    const record = node.value?.record;
    node.value = record && { record };
    this.#dirty.add(node);
    if (node.value === undefined) this.#empty.add(node);
    this.#gone.add(entry);
    this.#guard(entry.cidr, -1);
  }

  /** In hd_cidr IPv4 lies within ::ffff:0:0/96: an IPv6 prefix around that must not be the longest match for IPv4. */
  #guard(cidr: Cidr, step: 1 | -1): void {
    if (isIpv4Cidr(cidr) || !isAroundIpv4(cidr)) return;
    this.#ipv6AroundIpv4 += step;
    const isGuard = this.#ipv6AroundIpv4 > 0;
    const known = this.#nodeOfCidr(EVERY_IPV4).value?.entry;
    if (isGuard === (known?.isGuard ?? false)) return;
    const entry = known ?? this.#entryOf(EVERY_IPV4);
    entry.isGuard = isGuard;
    this.#dropIfIdle(entry);
  }

  #refresh(node: Node, networks: NetworkSet): void {
    this.#dirty.delete(node);
    const { entry, record } = node.value ?? {};
    if (entry) {
      networks = derive(networks, entry);
      if (entry.networks?.key !== networks.key) this.#entries.add(entry);
      entry.networks = networks;
    }
    if (record && record.networks.key !== networks.key) {
      record.networks = networks;
      this.#records.add(record);
    }
    for (const child of node.children)
      if (child && this.#isStale(child, networks)) this.#refresh(child, networks);
  }

  #isStale(node: Node, networks: NetworkSet): boolean {
    const entry = node.value?.entry;
    return !entry || this.#dirty.has(node) || derive(networks, entry).key !== entry.networks?.key;
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
  for (const { entry } of containing(node)) if (entry) return entry.networks ?? NO_NETWORKS;
  return NO_NETWORKS;
}

/** Shares the sets of prefixes with one term and nothing around them: most are such. */
function derive(around: NetworkSet, { begins, excepts }: CidrEntry): NetworkSet {
  if (begins.size === 0 && !around.terms.some(term => excepts.has(term))) return around;
  const terms = new Set(around.terms);
  for (const term of excepts) terms.delete(term);
  for (const term of begins) terms.add(term);
  return setOf(terms);
}

/** Whether neither term nor address uses the node. */
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

// The owner of each address, where several objects claim it.
import type { Addr } from 'ip';
import type { PodObject } from '../model/objects.ts';
import { comparePods, type PodCidrsOf } from '../model/precedence.ts';
import type { Identity, IdentityKey } from './identities.ts';
import { NO_NETWORKS, type NetworkSet } from './network-set.ts';
import { compareText } from './ordering.ts';

/** What addresses belong to: a node, or a group of pods with equal labels and ports. */
export interface AddressOwner {
  readonly kind: 'node' | 'pods';
  readonly identityKey: IdentityKey;
  /** Addresses that it owns. */
  readonly addresses: Set<AddressRecord>;
}

/** Claims in order of precedence, as in model/endpoint-rows.ts; pods on unknown nodes come last. */
export const CLAIM_RANKS = ['owner', 'node', 'subject', 'remote-pod', 'other-pod'] as const;

export interface Claim {
  readonly rank: (typeof CLAIM_RANKS)[number];
  /** Breaks ties between claims of one rank that are not both pods': the first in text order wins. */
  readonly name: string;
  readonly owner: AddressOwner;
  /** Absent: no Pod object claims it. */
  readonly pod?: PodObject;
}

export interface AddressRecord {
  readonly addr: Addr;
  readonly claims: Claim[];
  owner: AddressOwner | undefined;
  /** Whether `Networks` holds the address. */
  isPlaced: boolean;
  networks: NetworkSet;
  identity: Identity | undefined;
}

export class Addresses {
  readonly #records = new Map<Addr, AddressRecord>();
  readonly #changed = new Set<AddressRecord>();
  readonly #owners = new Set<AddressOwner>();
  readonly #podCidrsOf: PodCidrsOf;

  /** If its answer for a node changes, the caller claims again for that node's pods. */
  constructor(podCidrsOf: PodCidrsOf) {
    this.#podCidrsOf = podCidrsOf;
  }

  claim(addr: Addr, claim: Claim): void {
    const record = this.#records.get(addr) ?? this.#make(addr);
    record.claims.push(claim);
    this.#assignOwner(record);
  }

  release(addr: Addr, claim: Pick<Claim, 'rank' | 'name'>): void {
    const record = this.#records.get(addr);
    const at = record?.claims.findIndex(({ rank, name }) => rank === claim.rank && name === claim.name) ?? -1;
    if (record === undefined || at < 0) return;
    record.claims.splice(at, 1);
    this.#assignOwner(record);
  }

  /** Addresses whose owner changed, and the owners concerned; an address without an owner can be deleted. */
  drain(): { readonly records: readonly AddressRecord[]; readonly owners: readonly AddressOwner[] } {
    const changes = { records: [...this.#changed], owners: [...this.#owners] };
    this.#changed.clear();
    this.#owners.clear();
    for (const { addr, owner } of changes.records) if (owner === undefined) this.#records.delete(addr);
    return changes;
  }

  #make(addr: Addr): AddressRecord {
    const record: AddressRecord = {
      addr,
      claims: [],
      owner: undefined,
      isPlaced: false,
      networks: NO_NETWORKS,
      identity: undefined,
    };
    this.#records.set(addr, record);
    return record;
  }

  #assignOwner(record: AddressRecord): void {
    const owner = this.#first(record)?.owner;
    if (owner === record.owner) return;
    for (const each of [record.owner, owner]) if (each) this.#owners.add(each);
    record.owner?.addresses.delete(record);
    owner?.addresses.add(record);
    record.owner = owner;
    this.#changed.add(record);
  }

  #first({ addr, claims }: AddressRecord): Claim | undefined {
    return claims.reduce<Claim | undefined>(
      (first, claim) => (first === undefined || this.#compare(claim, first, addr) < 0 ? claim : first),
      undefined,
    );
  }

  #compare(a: Claim, b: Claim, addr: Addr): number {
    const byRank = rankOf(a) - rankOf(b);
    if (byRank !== 0) return byRank;
    const contest = { addr, podCidrsOf: this.#podCidrsOf };
    return a.pod && b.pod ? comparePods(a.pod, b.pod, contest) : compareText(a.name, b.name);
  }
}

function rankOf({ rank }: Claim): number {
  return CLAIM_RANKS.indexOf(rank);
}

// Whose each address is, where several claim it.
import type { Addr } from 'ip';
import type { PodObject } from '../model/objects.ts';
import { comparePods, type PodCidrsOf } from '../model/precedence.ts';
import type { Identity, Signature } from './identities.ts';
import { NO_NETWORKS, type NetworkSet } from './network-set.ts';
import { compareText } from './ordering.ts';

/** Whoever has addresses: a node, or all pods that are alike. */
export interface Holder {
  readonly kind: 'node' | 'pods';
  readonly signature: Signature;
  /** Those that are its own. */
  readonly addresses: Set<AddressRecord>;
}

/** Who comes first has the address, as in model/endpoint-rows.ts; what is on no known node comes last. */
export const CLAIM_RANKS = ['owner', 'node', 'subject', 'remote-pod', 'other-pod'] as const;

export interface Claim {
  readonly rank: (typeof CLAIM_RANKS)[number];
  /** Decides between claims of one rank that are not both pods': the first has it. */
  readonly name: string;
  readonly holder: Holder;
  /** Absent: no Pod object claims it. */
  readonly pod?: PodObject;
}

export interface AddressRecord {
  readonly addr: Addr;
  readonly claims: Claim[];
  owner: Holder | undefined;
  /** It is among the networks. */
  isPlaced: boolean;
  networks: NetworkSet;
  identity: Identity | undefined;
}

export class Addresses {
  readonly #records = new Map<Addr, AddressRecord>();
  readonly #changed = new Set<AddressRecord>();
  readonly #holders = new Set<Holder>();
  readonly #podCidrsOf: PodCidrsOf;

  /** Whoever changes what it answers for a node claims anew for that node's pods. */
  constructor(podCidrsOf: PodCidrsOf) {
    this.#podCidrsOf = podCidrsOf;
  }

  claim(addr: Addr, claim: Claim): void {
    const record = this.#records.get(addr) ?? this.#make(addr);
    record.claims.push(claim);
    this.#settle(record);
  }

  release(addr: Addr, claim: Pick<Claim, 'rank' | 'name'>): void {
    const record = this.#records.get(addr);
    const at = record?.claims.findIndex(({ rank, name }) => rank === claim.rank && name === claim.name) ?? -1;
    if (record === undefined || at < 0) return;
    record.claims.splice(at, 1);
    this.#settle(record);
  }

  /** Addresses whose owners have changed, and those owners; an address without one is of no use any more. */
  takeChanges(): { readonly records: readonly AddressRecord[]; readonly holders: readonly Holder[] } {
    const changes = { records: [...this.#changed], holders: [...this.#holders] };
    this.#changed.clear();
    this.#holders.clear();
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

  #settle(record: AddressRecord): void {
    const owner = this.#first(record)?.holder;
    if (owner === record.owner) return;
    for (const holder of [record.owner, owner]) if (holder) this.#holders.add(holder);
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

// The identity of each address and of each prefix that a policy names.
import type { Addr, Cidr } from 'ip';
import type { NamespaceObject } from '../model/objects.ts';
import { Addresses, type AddressRecord, type AddressOwner } from './addresses.ts';
import { AddressOwnership } from './address-ownership.ts';
import { ANY_PEER, type PolicyInput } from './compiled.ts';
import { NO_IDENTITY_KEY, type Identities, type Identity } from './identities.ts';
import { Networks } from './networks.ts';
import { unionOf } from './network-set.ts';
import { NodeOwners } from './node-owners.ts';
import type { PeerTerm } from './peer-terms.ts';
import { PodCidrs } from './pod-cidrs.ts';
import { PodGroups } from './pod-groups.ts';
import type { PortNamesInUse } from './port-names.ts';
import { ChangeTrackingMap } from '../collections/change-tracking-map.ts';

export class Peers {
  readonly addresses = new ChangeTrackingMap<Addr, number>();
  readonly cidrs = new ChangeTrackingMap<Cidr, number>();
  readonly #identities: Identities;
  readonly #podCidrs = new PodCidrs();
  readonly #records = new Addresses(node => this.#podCidrs.of(node));
  readonly #networks = new Networks();
  readonly #nodes = new NodeOwners();
  readonly #groups: PodGroups;
  readonly #ownership: AddressOwnership;

  constructor(identities: Identities, namespaces: (name: string) => NamespaceObject | undefined) {
    this.#identities = identities;
    this.#groups = new PodGroups(namespaces);
    this.#ownership = new AddressOwnership({
      ...{ addresses: this.#records, groups: this.#groups, nodes: this.#nodes, podCidrs: this.#podCidrs },
    });
  }

  apply(before: PolicyInput, now: PolicyInput, namespaces: readonly string[]): void {
    for (const name of namespaces) this.#groups.namespaceChanged(name);
    this.#ownership.apply(before, now);
    this.#groups.match();
  }

  addTerm(term: PeerTerm): void {
    if (term.kind === 'pods') this.#groups.addTerm(term);
    else if (term.kind === 'nodes') this.#nodes.addTerm(term);
    else this.#networks.addTerm(term);
  }

  deleteTerm(term: PeerTerm): void {
    if (term.kind === 'pods') this.#groups.deleteTerm(term);
    else if (term.kind === 'nodes') this.#nodes.deleteTerm(term);
    else this.#networks.deleteTerm(term);
  }

  /** Reassigns identities where something changed. */
  recompute(portNames: PortNamesInUse): void {
    for (const name of portNames.drain()) this.#groups.portNameChanged(name);
    const { records, owners } = this.#records.drain();
    for (const record of records) this.#place(record);
    const networks = this.#networks.recompute();
    const changed = new Set(records);
    for (const record of networks.records) changed.add(record);
    for (const group of this.#groups.recompute(portNames))
      for (const record of group.addresses) changed.add(record);
    const nodes = new Set<AddressOwner>([
      ...owners.filter(({ kind }) => kind === 'node'),
      ...this.#nodes.recompute(),
    ]);
    for (const record of changed) {
      if (record.owner?.kind === 'node') nodes.add(record.owner);
      else if (record.owner)
        this.#assign(record, this.#identities.acquire(record.owner.identityKey, record.networks));
    }
    for (const node of nodes) this.#assignNodes(node);
    for (const entry of networks.gone) {
      if (entry.identity) this.#identities.release(entry.identity);
      this.cidrs.delete(entry.cidr);
    }
    for (const entry of networks.entries) {
      const before = entry.identity;
      if (entry.networks) entry.identity = this.#identities.acquire(NO_IDENTITY_KEY, entry.networks);
      if (before) this.#identities.release(before);
      this.cidrs.set(entry.cidr, entry.identity?.number ?? ANY_PEER);
    }
  }

  /** Adds the address to the trie, or deletes it everywhere. */
  #place(record: AddressRecord): void {
    if (record.owner !== undefined && !record.isPlaced) this.#networks.addAddress(record);
    if (record.owner === undefined && record.isPlaced) this.#networks.deleteAddress(record);
    record.isPlaced = record.owner !== undefined;
    if (record.isPlaced) return;
    if (record.identity) this.#identities.release(record.identity);
    record.identity = undefined;
    this.addresses.delete(record.addr);
  }

  /** A node has one identity for all its addresses: networks that contain any of them match it. */
  #assignNodes({ identityKey, addresses }: AddressOwner): void {
    const networks = unionOf([...addresses].map(record => record.networks));
    for (const record of addresses) this.#assign(record, this.#identities.acquire(identityKey, networks));
  }

  #assign(record: AddressRecord, identity: Identity): void {
    if (record.identity) this.#identities.release(record.identity);
    if (record.identity === identity) return;
    record.identity = identity;
    if (identity.number === ANY_PEER) this.addresses.delete(record.addr);
    else this.addresses.set(record.addr, identity.number);
  }
}

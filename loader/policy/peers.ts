// Which identity every address and every mentioned prefix has.
import type { Addr, Cidr } from 'ip';
import type { NamespaceObject } from '../model/objects.ts';
import { Addresses, type AddressRecord, type Holder } from './addresses.ts';
import { Claims } from './claims.ts';
import { ANYBODY, type PolicyInput } from './compiled.ts';
import { NO_SIGNATURE, type Identities, type Identity } from './identities.ts';
import { unionOf } from './network-set.ts';
import { Networks } from './networks.ts';
import { NodeHolders } from './node-holders.ts';
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
  readonly #nodes = new NodeHolders();
  readonly #groups: PodGroups;
  readonly #claims: Claims;

  constructor(identities: Identities, namespaces: (name: string) => NamespaceObject | undefined) {
    this.#identities = identities;
    this.#groups = new PodGroups(namespaces);
    this.#claims = new Claims({
      ...{ addresses: this.#records, groups: this.#groups, nodes: this.#nodes, podCidrs: this.#podCidrs },
    });
  }

  apply(before: PolicyInput, now: PolicyInput, namespaces: readonly string[]): void {
    for (const name of namespaces) this.#groups.namespaceChanged(name);
    this.#claims.apply(before, now);
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

  /** Gives identities anew to those for whom something has changed. */
  settle(portNames: PortNamesInUse): void {
    for (const name of portNames.takeChanges()) this.#groups.portNameChanged(name);
    const { records, holders } = this.#records.takeChanges();
    for (const record of records) this.#place(record);
    const networks = this.#networks.settle();
    const changed = new Set(records);
    for (const record of networks.records) changed.add(record);
    for (const group of this.#groups.settle(portNames))
      for (const record of group.addresses) changed.add(record);
    const nodes = new Set<Holder>([
      ...holders.filter(({ kind }) => kind === 'node'),
      ...this.#nodes.settle(),
    ]);
    for (const record of changed) {
      if (record.owner?.kind === 'node') nodes.add(record.owner);
      else if (record.owner)
        this.#assign(record, this.#identities.take(record.owner.signature, record.networks));
    }
    for (const node of nodes) this.#settleNode(node);
    for (const mention of networks.gone) {
      if (mention.identity) this.#identities.drop(mention.identity);
      this.cidrs.delete(mention.cidr);
    }
    for (const mention of networks.mentions) {
      const before = mention.identity;
      if (mention.networks) mention.identity = this.#identities.take(NO_SIGNATURE, mention.networks);
      if (before) this.#identities.drop(before);
      this.cidrs.set(mention.cidr, mention.identity?.number ?? ANYBODY);
    }
  }

  /** Into the trie, or out of everything. */
  #place(record: AddressRecord): void {
    if (record.owner !== undefined && !record.isPlaced) this.#networks.addAddress(record);
    if (record.owner === undefined && record.isPlaced) this.#networks.deleteAddress(record);
    record.isPlaced = record.owner !== undefined;
    if (record.isPlaced) return;
    if (record.identity) this.#identities.drop(record.identity);
    record.identity = undefined;
    this.addresses.delete(record.addr);
  }

  /** A node has one identity for all its addresses: networks that contain any of them match it. */
  #settleNode({ signature, addresses }: Holder): void {
    const networks = unionOf([...addresses].map(record => record.networks));
    for (const record of addresses) this.#assign(record, this.#identities.take(signature, networks));
  }

  #assign(record: AddressRecord, identity: Identity): void {
    if (record.identity) this.#identities.drop(record.identity);
    if (record.identity === identity) return;
    record.identity = identity;
    if (identity.number === ANYBODY) this.addresses.delete(record.addr);
    else this.addresses.set(record.addr, identity.number);
  }
}

// Nodes as peers: one identity for all addresses of a node.
import type { Addr } from 'ip';
import type { NodeObject } from '../model/objects.ts';
import type { AddressRecord, AddressOwner } from './addresses.ts';
import { NO_IDENTITY_KEY, identityKey, type IdentityKey } from './identities.ts';
import type { NodeTerm } from './peer-terms.ts';
import { selects } from './selectors.ts';

export interface NodeOwner extends AddressOwner {
  readonly kind: 'node';
  readonly name: string;
  readonly isOwn: boolean;
  /** Absent: there is no Node object, only addresses. */
  object: NodeObject | undefined;
  identityKey: IdentityKey;
}

export function nodeAddressesOf({
  internalAddresses,
  externalAddresses,
  tunnelAddresses,
}: NodeObject): Set<Addr> {
  return new Set([...internalAddresses, ...externalAddresses, ...tunnelAddresses]);
}

export class NodeOwners {
  readonly #byName = new Map<string, NodeOwner>();
  readonly #terms = new Set<NodeTerm>();
  readonly #dirty = new Set<NodeOwner>();

  get(name: string, own: string): NodeOwner {
    let node = this.#byName.get(name);
    if (node === undefined) {
      const addresses = new Set<AddressRecord>();
      node = {
        kind: 'node',
        name,
        isOwn: name === own,
        object: undefined,
        addresses,
        identityKey: NO_IDENTITY_KEY,
      };
      this.#byName.set(name, node);
      this.#dirty.add(node);
    }
    return node;
  }

  setObject(node: NodeOwner, object: NodeObject | undefined): void {
    node.object = object;
    this.#dirty.add(node);
  }

  addTerm(term: NodeTerm): void {
    this.#terms.add(term);
    this.#touch(term);
  }

  deleteTerm(term: NodeTerm): void {
    this.#terms.delete(term);
    this.#touch(term);
  }

  /** Nodes whose identity keys changed. */
  recompute(): readonly NodeOwner[] {
    const changed = [...this.#dirty].filter(node => {
      const before = node.identityKey;
      const terms = [...this.#terms].filter(term => selects(term.selector, node.object?.labels ?? {}));
      node.identityKey = identityKey(new Set(terms), [], node.isOwn);
      return node.identityKey.key !== before.key;
    });
    this.#dirty.clear();
    return changed;
  }

  #touch({ selector }: NodeTerm): void {
    for (const node of this.#byName.values())
      if (selects(selector, node.object?.labels ?? {})) this.#dirty.add(node);
  }
}

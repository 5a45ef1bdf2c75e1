// Nodes as peers: one identity each, whatever address is used.
import type { Addr } from 'ip';
import type { NodeObject } from '../model/objects.ts';
import type { AddressRecord, Holder } from './addresses.ts';
import { NO_SIGNATURE, signature, type Signature } from './identities.ts';
import type { NodeTerm } from './peer-terms.ts';
import { selects } from './selectors.ts';

export interface NodeHolder extends Holder {
  readonly kind: 'node';
  readonly name: string;
  readonly isOwn: boolean;
  /** Absent: only its addresses are known. */
  object: NodeObject | undefined;
  signature: Signature;
}

export function nodeAddressesOf({
  internalAddresses,
  externalAddresses,
  tunnelAddresses,
}: NodeObject): Set<Addr> {
  return new Set([...internalAddresses, ...externalAddresses, ...tunnelAddresses]);
}

export class NodeHolders {
  readonly #byName = new Map<string, NodeHolder>();
  readonly #terms = new Set<NodeTerm>();
  readonly #dirty = new Set<NodeHolder>();

  get(name: string, own: string): NodeHolder {
    let node = this.#byName.get(name);
    if (node === undefined) {
      const addresses = new Set<AddressRecord>();
      node = {
        kind: 'node',
        name,
        isOwn: name === own,
        object: undefined,
        addresses,
        signature: NO_SIGNATURE,
      };
      this.#byName.set(name, node);
      this.#dirty.add(node);
    }
    return node;
  }

  setObject(node: NodeHolder, object: NodeObject | undefined): void {
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

  /** Those whose signatures have changed. */
  settle(): readonly NodeHolder[] {
    const changed = [...this.#dirty].filter(node => {
      const before = node.signature;
      const terms = [...this.#terms].filter(term => selects(term.selector, node.object?.labels ?? {}));
      node.signature = signature(new Set(terms), [], node.isOwn);
      return node.signature.key !== before.key;
    });
    this.#dirty.clear();
    return changed;
  }

  #touch({ selector }: NodeTerm): void {
    for (const node of this.#byName.values())
      if (selects(selector, node.object?.labels ?? {})) this.#dirty.add(node);
  }
}

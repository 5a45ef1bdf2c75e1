// The pod CIDRs of each node after conflicts are resolved: they decide between pods that claim one address.
import type { Cidr } from 'ip';
import { claimCidrs } from '../model/cidr-claims.ts';
import type { NodeObject } from '../model/objects.ts';

type Nodes = ReadonlyMap<string, NodeObject>;

export class PodCidrs {
  #nodes: Nodes = new Map();
  #byNode: ReadonlyMap<string, readonly Cidr[]> = new Map();

  of(node: string): readonly Cidr[] {
    return this.#byNode.get(node) ?? [];
  }

  isKnown(node: string): boolean {
    return this.#nodes.has(node);
  }

  /** Returns the nodes that were added or deleted or whose pod CIDRs changed. */
  update(nodes: Nodes, self: string): ReadonlySet<string> {
    const [knownBefore, before] = [this.#nodes, this.#byNode];
    if (nodes === knownBefore) return new Set();
    this.#nodes = nodes;
    this.#byNode = claimCidrs([...nodes.values()], self).byNode;
    const names = new Set([...knownBefore.keys(), ...nodes.keys()]);
    const isSame = (name: string): boolean =>
      knownBefore.has(name) === nodes.has(name) && this.of(name).join() === (before.get(name) ?? []).join();
    return new Set([...names].filter(name => !isSame(name)));
  }
}

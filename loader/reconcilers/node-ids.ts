// Assigns node-local numbers, stable while the daemon runs and across restarts.
import { assignNodeIds } from '../model/node-ids.ts';
import type { ClusterState, NodeObject } from '../model/objects.ts';
import { type FormerNodeIds, noFormerIds } from './known-nodes.ts';

export class NodeIds {
  /** From an earlier daemon's pins; read once. */
  readonly #former: () => FormerNodeIds;
  #ids: ReadonlyMap<string, number> = new Map();
  #nodes: ClusterState['nodes'] | undefined;

  constructor(former: () => FormerNodeIds) {
    this.#former = former;
  }

  /** Numbers of all nodes, of this one even if it has no Node object. */
  of(nodes: ClusterState['nodes'], self: NodeObject): ReadonlyMap<string, number> {
    if (nodes === this.#nodes) return this.#ids;
    const { byAddress, own } = this.#ids.size === 0 ? this.#former() : noFormerIds;
    const byName = own === undefined ? this.#ids : new Map([[self.name, own]]);
    const all = new Map(nodes).set(self.name, self);
    this.#ids = assignNodeIds([...all.values()], { byName, byAddress });
    this.#nodes = nodes;
    return this.#ids;
  }
}

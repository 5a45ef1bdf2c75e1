// Assigns node-local numbers, stable while the daemon runs and across restarts.
import { assignNodeIds } from '../model/node-ids.ts';
import type { ClusterState, NodeObject } from '../model/objects.ts';
import type { FormerNodeIds } from './known-nodes.ts';

export class NodeIds {
  readonly #readFormer: () => FormerNodeIds;
  /** Valid for as long as the process lives: a node may be back late, after its source had lost it. */
  #former: FormerNodeIds | undefined;
  #ids: ReadonlyMap<string, number> = new Map();
  #nodes: ClusterState['nodes'] | undefined;

  /** `readFormer`: from an earlier daemon's pins, once. */
  constructor(readFormer: () => FormerNodeIds) {
    this.#readFormer = readFormer;
  }

  /** Numbers of all nodes, of this one even if it has no Node object. */
  of(nodes: ClusterState['nodes'], self: NodeObject): ReadonlyMap<string, number> {
    if (nodes === this.#nodes) return this.#ids;
    const { byAddress, own } = (this.#former ??= this.#readFormer());
    const isFirst = this.#ids.size === 0;
    const byName = isFirst && own !== undefined ? new Map([[self.name, own]]) : this.#ids;
    const all = new Map(nodes).set(self.name, self);
    this.#ids = assignNodeIds([...all.values()], { byName, byAddress });
    this.#nodes = nodes;
    return this.#ids;
  }
}

// Assigns node-local numbers, stable while the daemon runs and across restarts.
import type { Addr } from 'ip';
import { assignNodeIds } from '../model/node-ids.ts';
import type { ClusterState, NodeObject } from '../model/objects.ts';

export class NodeIds {
  /** Numbers by underlay address from an earlier daemon's pins; read once. */
  readonly #former: () => ReadonlyMap<Addr, number>;
  #ids: ReadonlyMap<string, number> = new Map();
  #nodes: ClusterState['nodes'] | undefined;

  constructor(former: () => ReadonlyMap<Addr, number>) {
    this.#former = former;
  }

  /** Numbers of all nodes, of this one even if it has no Node object. */
  of(nodes: ClusterState['nodes'], self: NodeObject): ReadonlyMap<string, number> {
    if (nodes === this.#nodes) return this.#ids;
    const byAddress = this.#ids.size === 0 ? this.#former() : new Map<Addr, number>();
    const all = new Map(nodes).set(self.name, self);
    this.#ids = assignNodeIds([...all.values()], { byName: this.#ids, byAddress });
    this.#nodes = nodes;
    return this.#ids;
  }
}

// Node-local numbers of the cluster's nodes, the same while the daemon runs and across restarts.
import type { Addr } from 'ip';
import { assignNodeIds } from '../model/node-ids.ts';
import type { ClusterState, NodeObject } from '../model/objects.ts';

export class NodeIds {
  /** By underlay address, of what an earlier daemon has left; asked once. */
  readonly #former: () => ReadonlyMap<Addr, number>;
  #ids: ReadonlyMap<string, number> = new Map();
  #nodes: ClusterState['nodes'] | undefined;

  constructor(former: () => ReadonlyMap<Addr, number>) {
    this.#former = former;
  }

  /** Of every node of the cluster, and of this one also when it has no object. */
  of(nodes: ClusterState['nodes'], self: NodeObject): ReadonlyMap<string, number> {
    if (nodes === this.#nodes) return this.#ids;
    const byAddress = this.#ids.size === 0 ? this.#former() : new Map<Addr, number>();
    const all = new Map(nodes).set(self.name, self);
    this.#ids = assignNodeIds([...all.values()], { byName: this.#ids, byAddress });
    this.#nodes = nodes;
    return this.#ids;
  }
}

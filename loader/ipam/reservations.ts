// Addresses that Pod objects name before they are allocated.
import { cidrContains, type Addr, type Cidr } from 'ip';
import { changedKeys } from '../collections/map-diff.ts';
import { SparseMultiMap } from '../collections/sparse-multi-map.ts';
import { claimCidrs } from '../model/cidr-claims.ts';
import { emptyCluster, isFinished, podKey, type ClusterState, type PodObject } from '../model/objects.ts';
import { comparePods, type PodCidrsOf } from '../model/precedence.ts';

type Cluster = Pick<ClusterState, 'pods'> & Partial<Pick<ClusterState, 'nodes'>>;

/** Follows the cluster: a question costs the pods that have changed since the last one. */
export class Reservations {
  readonly #cluster: () => Cluster;
  readonly #pods = new SparseMultiMap<Addr, PodObject>();
  #counted: ClusterState['pods'] = emptyCluster.pods;
  #nodes: Cluster['nodes'];
  #podCidrs: ReadonlyMap<string, readonly Cidr[]> | undefined;

  constructor(cluster: () => Cluster) {
    this.#cluster = cluster;
  }

  /**
   * `ownerName` of the pod that the address is reserved for. `comparePods` decides between two pods that name one address: a
   * stale Pod object of another node does not reserve an address against a pod of the node that has the pod CIDR.
   */
  get(addr: Addr): string | undefined {
    this.#catchUp();
    return this.#ownerOf(addr);
  }

  /** Those of all addresses in these prefixes. */
  within(cidrs: readonly Cidr[]): readonly string[] {
    this.#catchUp();
    return [...this.#pods.keys()]
      .filter(addr => cidrs.some(cidr => cidrContains(cidr, addr)))
      .flatMap(addr => this.#ownerOf(addr) ?? []);
  }

  #ownerOf(addr: Addr): string | undefined {
    const [first, ...others] = this.#pods.get(addr);
    if (first === undefined) return undefined;
    const contest = { addr, podCidrsOf: this.#podCidrsOf };
    const owner = others.reduce((best, next) => (comparePods(next, best, contest) < 0 ? next : best), first);
    return `pod ${podKey(owner)}`;
  }

  #catchUp(): void {
    const { pods, nodes } = this.#cluster();
    if (nodes !== this.#nodes) this.#podCidrs = undefined;
    this.#nodes = nodes;
    for (const key of changedKeys(this.#counted, pods)) {
      const [before, now] = [this.#counted.get(key), pods.get(key)];
      if (before !== undefined && isClaiming(before))
        for (const addr of before.addresses) this.#pods.delete(addr, before);
      if (now !== undefined && isClaiming(now)) for (const addr of now.addresses) this.#pods.add(addr, now);
    }
    this.#counted = pods;
  }

  /** Wanted only where two pods name one address, which is rare. */
  readonly #podCidrsOf: PodCidrsOf = node => {
    this.#podCidrs ??= claimCidrs([...(this.#nodes?.values() ?? [])]).byNode;
    return this.#podCidrs.get(node) ?? [];
  };
}

function isClaiming(pod: PodObject): boolean {
  return !pod.hostNetwork && !isFinished(pod);
}

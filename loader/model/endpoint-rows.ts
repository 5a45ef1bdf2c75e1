// Desired rows of hd_endpoint: addresses of pods and nodes, each with one owner. A change of pods costs the addresses that
// they name: who claims an address is kept from one call to the next, and only these addresses are decided again.
import type { Addr, Cidr } from 'ip';
import { changedKeys } from '../collections/map-diff.ts';
import { MapDraft } from '../collections/persistent-map.ts';
import { SparseMultiMap } from '../collections/sparse-multi-map.ts';
import { endpointOwner, type EndpointClaims } from './endpoint-owner.ts';
import {
  isRemotePod,
  localEndpointRow,
  nodeEndpointRow,
  remoteEndpointRows,
  serviceEndpointRow,
  type RemotePod,
  type RemoteValues,
} from './endpoint-row.ts';
import { emptyCluster, type ClusterState } from './objects.ts';
import type { LocalPod, ResolvedInput, Vips } from './tables-input.ts';
import type { EndpointRow } from './table-rows.ts';

const NO_VIPS: Vips = new Map();

/** The same maps and lists as before when nothing of them has changed. */
export interface EndpointRows {
  readonly rows: ReadonlyMap<Addr, EndpointRow>;
  readonly problems: readonly string[];
}

/** Of one list of nodes: a world with other nodes needs another one. */
export class EndpointRowSet {
  readonly #world: ResolvedInput;
  readonly #podCidrs: ReadonlyMap<string, readonly Cidr[]>;
  readonly #values: RemoteValues = new Map();
  readonly #rows = new MapDraft<Addr, EndpointRow>();
  readonly #remote = new SparseMultiMap<Addr, RemotePod>();
  readonly #local = new SparseMultiMap<Addr, LocalPod>();
  /** Of addresses that several claim. */
  readonly #conflicts = new Map<Addr, readonly string[]>();
  /** Pods whose node has no object, by its name. */
  readonly #stranded = new Map<string, number>();
  #pods: ClusterState['pods'] = emptyCluster.pods;
  #localPods: readonly LocalPod[] = [];
  #vips: Vips = NO_VIPS;
  /** Undefined: to be put together again. */
  #problems: readonly string[] | undefined;

  /** Of the world only what is the same for all pods is kept. */
  constructor(world: ResolvedInput) {
    this.#world = world;
    this.#podCidrs = new Map(world.nodes.map(node => [node.name, node.podCidrs]));
    this.#decide(new Set(world.owners.keys()));
  }

  update({
    cluster: { pods },
    localPods,
    vips = NO_VIPS,
  }: Pick<ResolvedInput, 'cluster' | 'localPods' | 'vips'>): EndpointRows {
    const touched = new Set<Addr>();
    const self = this.#world.self.name;
    for (const key of changedKeys(this.#pods, pods)) {
      const [before, now] = [this.#pods.get(key), pods.get(key)];
      if (before !== undefined && isRemotePod(before, self)) this.#drop(before, touched);
      if (now !== undefined && isRemotePod(now, self)) this.#take(now, touched);
    }
    this.#pods = pods;
    this.#setLocal(localPods, touched);
    for (const addr of changedKeys(this.#vips, vips)) touched.add(addr);
    this.#vips = vips;
    this.#decide(touched);
    return { rows: this.#rows.seal(), problems: (this.#problems ??= this.#sentences()) };
  }

  #take(pod: RemotePod, touched: Set<Addr>): void {
    if (this.#isStranded(pod)) this.#countStranded(pod, 1);
    else
      for (const addr of pod.addresses) {
        this.#remote.add(addr, pod);
        touched.add(addr);
      }
  }

  #drop(pod: RemotePod, touched: Set<Addr>): void {
    if (this.#isStranded(pod)) this.#countStranded(pod, -1);
    else
      for (const addr of pod.addresses) {
        this.#remote.delete(addr, pod);
        touched.add(addr);
      }
  }

  #setLocal(pods: readonly LocalPod[], touched: Set<Addr>): void {
    const [before, now] = [new Set(this.#localPods), new Set(pods)];
    for (const pod of before) if (!now.has(pod)) this.#changeLocal('delete', pod, touched);
    for (const pod of now) if (!before.has(pod)) this.#changeLocal('add', pod, touched);
    this.#localPods = pods;
  }

  #changeLocal(how: 'add' | 'delete', pod: LocalPod, touched: Set<Addr>): void {
    for (const addr of pod.attachment.addresses) {
      this.#local[how](addr, pod);
      touched.add(addr);
    }
  }

  #isStranded({ nodeName }: RemotePod): boolean {
    return !this.#world.nodeIds.has(nodeName);
  }

  #countStranded({ nodeName }: RemotePod, by: 1 | -1): void {
    const count = (this.#stranded.get(nodeName) ?? 0) + by;
    if (count === 0) this.#stranded.delete(nodeName);
    else this.#stranded.set(nodeName, count);
    this.#problems = undefined;
  }

  #decide(touched: ReadonlySet<Addr>): void {
    for (const addr of touched) {
      const { row, problems } = endpointOwner(addr, this.#claimsOf(addr), this.#podCidrsOf);
      if (row === undefined) this.#rows.delete(addr);
      else this.#rows.set(addr, row);
      if (this.#noteConflict(addr, problems)) this.#problems = undefined;
    }
  }

  readonly #podCidrsOf = (node: string): readonly Cidr[] => this.#podCidrs.get(node) ?? [];

  #claimsOf(addr: Addr): EndpointClaims {
    const node = this.#world.owners.get(addr);
    const vip = this.#vips.get(addr);
    return {
      node: node === undefined ? undefined : nodeEndpointRow(this.#world, addr, node),
      local: [...this.#local.get(addr)]
        .sort(byAttachment)
        .map(pod => localEndpointRow(this.#world, pod, addr)),
      remote: this.#remote.get(addr).flatMap(pod => {
        const row = remoteEndpointRows(this.#world, pod, this.#values).find(one => one.key.addr === addr);
        return row === undefined ? [] : [{ pod, row }];
      }),
      ...(vip && { service: serviceEndpointRow(this.#world, addr, vip) }),
    };
  }

  /** Whether anything of it is new. */
  #noteConflict(addr: Addr, problems: readonly string[]): boolean {
    if (problems.length === 0) return this.#conflicts.delete(addr);
    this.#conflicts.set(addr, problems);
    return true;
  }

  #sentences(): readonly string[] {
    const stranded = [...this.#stranded].map(
      ([node, count]) => `node ${node} has no Node object: its pods (${count}) cannot be reached`,
    );
    return [...stranded, ...[...this.#conflicts.values()].flat()];
  }
}

/** The earlier ADD first, whatever the order in which they came here. */
function byAttachment({ attachment: a }: LocalPod, { attachment: b }: LocalPod): number {
  return a.createdAtMs - b.createdAtMs || a.podId - b.podId;
}

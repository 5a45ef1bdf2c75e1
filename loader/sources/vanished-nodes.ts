// Nodes whose object went a moment ago: registered again before long, as after `kubectl delete node` and a kubelet's restart.
import { cidrsOverlap, type Addr, type Cidr } from 'ip';
import { announcedAddressesOf } from '../model/node-addresses.ts';
import type { NodeObject } from '../model/objects.ts';

export interface NodeGrace {
  /** Of this node, which is certainly up. */
  readonly nodeName: string;
  readonly ownMs: number;
  /** Of others, of which their objects are all that is known. */
  readonly othersMs: number;
  /** Another node is gone for good, and its source proves it. */
  readonly isDeleted?: (name: string) => boolean;
}

/**
 * Others: about as long as the API server has their Pods. Kubernetes' pod garbage collector deletes the Pods of an absent Node
 * after 40 to 60 s (decision 26): before, their routes are in use; later nothing is there to be reached.
 */
export const GRACE = { ownMs: 600_000, othersMs: 60_000 } as const;

type Nodes = ReadonlyMap<string, NodeObject>;

/** What was its own alone: a node that has some of it now has taken its place. */
interface Claims {
  readonly addresses: readonly Addr[];
  readonly podCidrs: readonly Cidr[];
}

interface Vanished {
  readonly node: NodeObject;
  readonly claims: Claims;
  readonly since: Date;
  /** `performance.now()` */
  readonly untilMs: number;
}

export class VanishedNodes {
  readonly #grace: NodeGrace;
  readonly #vanished = new Map<string, Vanished>();
  /** As the source had them last. */
  #last: Nodes = new Map();
  #kept: Nodes = this.#last;

  constructor(grace: NodeGrace) {
    this.#grace = grace;
  }

  /** `nodes` and those that have just gone, unless what they claim is another's now. The same map while nothing changes. */
  keep(nodes: Nodes): Nodes {
    const before = [...this.#vanished.keys()].join(' ');
    if (nodes !== this.#last) this.#compare(nodes);
    this.#drop(nodes);
    if (nodes === this.#last && before === [...this.#vanished.keys()].join(' ')) return this.#kept;
    this.#last = nodes;
    const vanished = [...this.#vanished].map(([name, { node }]) => [name, node] as const);
    this.#kept = vanished.length === 0 ? nodes : new Map([...nodes, ...vanished]);
    return this.#kept;
  }

  /** Milliseconds until the first grace ends; absent: none is running. */
  get dueMs(): number | undefined {
    if (this.#vanished.size === 0) return undefined;
    return Math.min(...[...this.#vanished.values()].map(({ untilMs }) => untilMs)) - performance.now();
  }

  /** Of this node alone: others are removed every day. */
  problems(): readonly string[] {
    const { nodeName, ownMs } = this.#grace;
    const own = this.#vanished.get(nodeName);
    if (own === undefined) return [];
    return [
      `this node, ${nodeName}, has no Node object since ${own.since.toISOString()}: what it said stays active for ${Math.round(ownMs / 1_000)} s; register the node again`,
    ];
  }

  #compare(nodes: Nodes): void {
    for (const name of nodes.keys()) this.#vanished.delete(name);
    const gone = [...this.#last].filter(([name]) => !nodes.has(name));
    for (const [name, node] of gone) {
      const graceMs = this.#graceMs(name, gone.length);
      if (graceMs > 0)
        this.#vanished.set(name, {
          ...{ node, claims: claimsOf(node, this.#last) },
          ...{ since: new Date(), untilMs: performance.now() + graceMs },
        });
    }
  }

  /** Several at once were most likely lost, whatever the source says of each. */
  #graceMs(name: string, goneCount: number): number {
    const { nodeName, ownMs, othersMs, isDeleted } = this.#grace;
    if (name === nodeName) return ownMs;
    return goneCount === 1 && isDeleted?.(name) === true ? 0 : othersMs;
  }

  #drop(nodes: Nodes): void {
    if (this.#vanished.size === 0) return;
    const others = [...nodes.values()];
    for (const [name, { claims, untilMs }] of this.#vanished)
      if (performance.now() >= untilMs || others.some(other => isHeir(other, claims)))
        this.#vanished.delete(name);
  }
}

/** Not what another node had, too, while it was there: the external address of a NAT, a virtual one, an overlapping pod CIDR. */
function claimsOf(node: NodeObject, nodes: Nodes): Claims {
  const others = [...nodes.values()].filter(({ name }) => name !== node.name);
  const shared = new Set(others.flatMap(announcedAddressesOf));
  const isShared = (cidr: Cidr): boolean =>
    others.some(other => other.podCidrs.some(one => cidrsOverlap(one, cidr)));
  return {
    addresses: announcedAddressesOf(node).filter(addr => !shared.has(addr)),
    podCidrs: node.podCidrs.filter(cidr => !isShared(cidr)),
  };
}

/** A cloud gives the addresses of a node that was removed to the next one. */
function isHeir(other: NodeObject, { addresses, podCidrs }: Claims): boolean {
  return (
    announcedAddressesOf(other).some(addr => addresses.includes(addr)) ||
    other.podCidrs.some(cidr => podCidrs.some(own => cidrsOverlap(cidr, own)))
  );
}

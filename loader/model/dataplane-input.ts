// What the tables are computed from, and what several of them need to know of it.
import type { Addr, Family } from 'ip';
import type { Attachment } from './attachment.ts';
import type { NodeFacts, TunnelSettings } from './node-facts.ts';
import type { NodePath, PathOrigin } from './node-path.ts';
import type { ClusterState, NodeObject } from './objects.ts';

/** A pod whose devices exist. */
export interface LocalPod {
  readonly attachment: Attachment;
  /** Of the host-side veth. */
  readonly ifindex: number;
  /** A foreign qdisc or filter stands on that device. */
  readonly slowPath: boolean;
}

export interface DataplaneInput {
  readonly cluster: ClusterState;
  readonly localPods: readonly LocalPod[];
  readonly facts: NodeFacts;
  readonly settings: TunnelSettings;
  /** Of every node of the cluster, and of this one also when it has no object. */
  readonly nodeIds: ReadonlyMap<string, number>;
}

/** As much of it as the rows of a pod on this node depend on. */
export type LocalNode = Pick<DataplaneInput, 'facts' | 'settings' | 'nodeIds'>;

/** The input with its conflicts settled. */
export interface DataplaneWorld extends DataplaneInput {
  /** This node's object as settled; empty when there is none. */
  readonly self: NodeObject;
  readonly origin: PathOrigin;
  /** As settled, in order of their names, this node first. */
  readonly nodes: readonly NodeObject[];
  /** How each other node is reached, by its name; a family that it cannot be reached for is absent. */
  readonly paths: ReadonlyMap<string, Readonly<Partial<Record<Family, NodePath>>>>;
  /** Which node each address of a node belongs to. */
  readonly owners: ReadonlyMap<Addr, string>;
}

/** Stands for a node without a Node object: known by name alone. */
export function unknownNode(name: string): NodeObject {
  return {
    name,
    labels: {},
    podCidrs: [],
    internalAddresses: [],
    externalAddresses: [],
    tunnelAddresses: [],
  };
}

export function nodeIdOf(world: Pick<DataplaneInput, 'nodeIds'>, name: string): number {
  const id = world.nodeIds.get(name);
  if (id === undefined) throw new RangeError(`node ${name} has no number`);
  return id;
}

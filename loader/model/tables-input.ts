// Input from which the tables are computed, and the resolved form that several of them share.
import type { Addr, Family } from 'ip';
import type { Attachment } from './attachment.ts';
import type { NodeFacts, TunnelSettings } from './node-facts.ts';
import type { NodePath, PathOrigin } from './node-path.ts';
import type { ClusterState, NodeObject } from './objects.ts';

/** A pod whose devices exist. */
export interface LocalPod {
  readonly attachment: Attachment;
  /** Index of the host-side veth. */
  readonly ifindex: number;
  /** The device has a foreign qdisc or filter. */
  readonly slowPath: boolean;
}

export interface TablesInput {
  readonly cluster: ClusterState;
  readonly localPods: readonly LocalPod[];
  readonly facts: NodeFacts;
  readonly tunnel: TunnelSettings;
  /** Numbers of all nodes, of this one even if it has no Node object. */
  readonly nodeIds: ReadonlyMap<string, number>;
  /** Indexes of the uplinks that uplink_tx is attached to: postrouting leaves the others to no one. */
  readonly guardedUplinks: readonly number[];
  /** Addresses that Services serve; absent: none. */
  readonly vips?: Vips;
}

/** By address, the Service that it is of. */
export type Vips = ReadonlyMap<Addr, { readonly namespace: string; readonly name: string }>;

/** The part that rows of local pods depend on. */
export type LocalNode = Pick<TablesInput, 'facts' | 'tunnel' | 'nodeIds'>;

/** The input with its conflicts resolved. */
export interface ResolvedInput extends TablesInput {
  /** This node's resolved object; empty if it has none. */
  readonly self: NodeObject;
  readonly origin: PathOrigin;
  /** Resolved objects, this node first, the others by name. */
  readonly nodes: readonly NodeObject[];
  /** Paths to other nodes by name; a family without a path is absent. */
  readonly paths: ReadonlyMap<string, Readonly<Partial<Record<Family, NodePath>>>>;
  /** Owner of each node address. */
  readonly owners: ReadonlyMap<Addr, string>;
}

/** Placeholder for a node without a Node object. */
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

export function nodeIdOf(world: Pick<TablesInput, 'nodeIds'>, name: string): number {
  const id = world.nodeIds.get(name);
  if (id === undefined) throw new RangeError(`node ${name} has no number`);
  return id;
}

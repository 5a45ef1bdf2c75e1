// What the reconcilers of a node share: its configuration, its sockets, and what others know.
import type { RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import type { Attachment } from '../model/attachment.ts';
import { unknownNode } from '../model/dataplane-input.ts';
import type { ClusterState, NodeObject } from '../model/objects.ts';
import type { Nft } from '../network/nft.ts';
import type { NodePolicy } from '../policy-writer/node-policy.ts';
import type { LocalPods } from './local-pods.ts';
import type { NodeCells } from './node-cells.ts';
import type { ChangeListener } from './notify-all.ts';
import type { NodeIds } from './node-ids.ts';

export interface NodeContext extends ChangeListener {
  readonly config: Config;
  readonly socket: RtnetlinkSocket;
  readonly nft: Nft;
  readonly policy: NodePolicy;
  readonly cells: NodeCells;
  readonly nodeIds: NodeIds;
  readonly localPods: LocalPods;
  /** As the source has it now. */
  readonly cluster: () => ClusterState;
  /** Those whose ADD has been answered. */
  readonly attachments: () => readonly Attachment[];
}

/** This node's object; without one it is known by name alone. */
export function ownNodeOf({ config, cluster }: Pick<NodeContext, 'config' | 'cluster'>): NodeObject {
  return cluster().nodes.get(config.nodeName) ?? unknownNode(config.nodeName);
}

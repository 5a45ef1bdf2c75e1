// Shared context of a node's reconcilers: configuration, sockets, cells and views of other components.
import type { Mac } from 'ip';
import type { RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import type { Attachment } from '../model/attachment.ts';
import { unknownNode } from '../model/tables-input.ts';
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
  /** Current cluster state of the source. */
  readonly cluster: () => ClusterState;
  /** Attachments whose ADD has succeeded. */
  readonly attachments: () => readonly Attachment[];
  /** Attachments whose ADD has not succeeded, or whose DEL has begun. */
  readonly unfinished: () => readonly Attachment[];
  /** Records another MAC of a pod; the record as it is from then on. */
  readonly adoptMac: (attachment: Attachment, mac: Mac) => Attachment;
  /** Writes anew what is gone from the state directory. Returns a name of each. Throws `IO` when it cannot. */
  readonly rewriteLostFiles: () => readonly string[];
}

/** This node's object, or a placeholder with its name. */
export function ownNodeOf({ config, cluster }: Pick<NodeContext, 'config' | 'cluster'>): NodeObject {
  return cluster().nodes.get(config.nodeName) ?? unknownNode(config.nodeName);
}

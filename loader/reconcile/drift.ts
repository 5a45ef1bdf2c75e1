// What of a node can change without anybody announcing it.
import type { RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import type { Datapath } from '../datapath/datapath.ts';
import type { LocalPod } from '../model/dataplane-input.ts';
import { isForwarding } from '../network/sysctls.ts';
import { countTooBigs } from '../network/path-mtu.ts';
import type { Uplink } from '../network/uplink.ts';
import { desiredLinks } from './desired-links.ts';
import type { NodeState } from './reconciler.ts';

export interface NodeStanding {
  readonly state: NodeState;
  readonly datapath: Datapath;
  readonly pods: readonly LocalPod[];
  readonly config: Config;
  /** The node's. */
  readonly netns: RtnetlinkSocket['netns'];
}

/** What is not as the last pass left it, a few words each. */
export function unannounced({ state, datapath, pods, config, netns }: NodeStanding): readonly string[] {
  const { overlayIfindex } = state.input.facts;
  return [
    ...datapath.missing(desiredLinks({ uplink: state.uplink, overlayIfindex, pods }, config)),
    ...(isForwarding(netns) ? [] : ['forwarding']),
    ...(hasHeardOfPaths(state.uplink, netns) ? ['path MTU'] : []),
  ];
}

function hasHeardOfPaths({ tooBigs }: Uplink, netns: NodeStanding['netns']): boolean {
  return tooBigs !== undefined && countTooBigs(netns) !== tooBigs;
}

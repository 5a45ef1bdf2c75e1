// The node that is examined: what the checks are told of it, and what they use to look.
import type { Cidr } from 'ip';
import type { RtnetlinkSocket } from 'rtnetlink';
import type { MapSet } from '../abi/map-set.ts';
import type { Config } from '../config.ts';
import type { Peer } from './peers.ts';

/** Its network namespace is the process's own. */
export interface Patient {
  readonly config: Config;
  /** How heddlectl is called for this install: the start of commands that mend. */
  readonly heddlectl: string;
  readonly configFile: string;
  /** Directory of the container runtime's network configurations; undefined where there is no runtime. */
  readonly cniDirectory: string | undefined;
  readonly socket: RtnetlinkSocket;
  /** undefined: nothing was ever pinned. */
  readonly maps: MapSet | undefined;
  /** The underlay's device; undefined if there is none. */
  readonly uplink: { readonly name: string; readonly ifindex: number } | undefined;
  /** This node's pods' prefixes. */
  readonly ownCidrs: readonly Cidr[];
  readonly peers: readonly Peer[];
}

/** Appended to a change of the configuration, which the daemon reads when it starts. */
export const RESTART = 'systemctl restart heddled';

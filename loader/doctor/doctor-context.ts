// Context of the checks: the examined node and handles to inspect it.
import type { Cidr } from 'ip';
import type { RtnetlinkSocket } from 'rtnetlink';
import type { MapSet } from '../abi/map-set.ts';
import type { Config } from '../config.ts';
import { adviceFor, surroundings } from '../config/advice.ts';
import type { Peer } from './peers.ts';

/** The process is in the node's network namespace. */
export interface DoctorContext {
  readonly config: Config;
  /** heddlectl with its options for this install: the start of repair commands. */
  readonly heddlectl: string;
  readonly configFile: string;
  /** Directory of the container runtime's network configurations; undefined if there is no runtime. */
  readonly cniDirectory: string | undefined;
  readonly socket: RtnetlinkSocket;
  /** Undefined: not all can be read. */
  readonly maps: MapSet | undefined;
  /** Why not. */
  readonly mapProblem: string | undefined;
  /** Undefined if no device is the uplink. */
  readonly uplink: { readonly name: string; readonly ifindex: number } | undefined;
  /** Pod CIDRs of this node. */
  readonly ownCidrs: readonly Cidr[];
  readonly peers: readonly Peer[];
}

/** Appended to commands that change the configuration, which the daemon reads at start. */
export const RESTART_DAEMON = adviceFor(surroundings()).restart;

/** Prints the daemon's log. */
export const DAEMON_LOG = adviceFor(surroundings()).log;

/** Sets a setting of the configuration's top level: in a pod its file is a ConfigMap's, which an editor changes. */
export function settingChange(configFile: string, key: string, value: number): string {
  const where = surroundings();
  return where.kind === 'pod'
    ? `kubectl -n ${where.namespace} edit configmap heddle`
    : `sed -i -e '/^${key}:/d' -e '$a ${key}: ${value}' ${configFile}`;
}

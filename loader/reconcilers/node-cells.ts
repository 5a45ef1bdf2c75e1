// The values that reconcilers of a node hand on to each other.
import { isDeepStrictEqual } from 'node:util';
import type { Programs } from '../programs/programs.ts';
import type { LocalPod } from '../model/dataplane-input.ts';
import type { HostRoute } from '../model/dataplane-rows.ts';
import type { ClusterState } from '../model/objects.ts';
import type { OverlayKind } from '../network/overlay-link.ts';
import type { Uplink } from '../network/uplink.ts';
import { Cell } from './cell.ts';
import type { NodeState } from './node-state.ts';

/** What is known of the neighbours and routers on an uplink. */
export type UplinkNeighbours = Pick<Uplink, 'gateways' | 'neighbours' | 'pathMtus'>;
/** The device itself. */
export type UplinkDevice = Omit<Uplink, keyof UplinkNeighbours | 'tooBigs'>;

export interface OverlayState {
  readonly ifindex: number;
  readonly kind: OverlayKind;
}

export interface NodeCells {
  /** As far as rows depend on them: other labels are no other value. */
  readonly nodes: Cell<ClusterState['nodes']>;
  /** The same, of other nodes' pods. */
  readonly pods: Cell<ClusterState['pods']>;
  readonly uplinks: Cell<readonly UplinkDevice[]>;
  /** By uplink, in their order. */
  readonly neighbours: Cell<readonly UplinkNeighbours[]>;
  readonly overlay: Cell<OverlayState>;
  readonly programs: Cell<Programs>;
  /** The attachments whose device exists. */
  readonly localPods: Cell<readonly LocalPod[]>;
  /** Whose maps have all that policy writes. */
  readonly policy: Cell<Programs>;
  /** Whose maps hold all tables. */
  readonly tables: Cell<Programs>;
  /** What they hold; another object after each write. */
  readonly state: Cell<NodeState>;
  readonly hostRoutes: Cell<readonly HostRoute[]>;
  /** `hook ifindex` of every program that is attached to a device. */
  readonly attached: Cell<ReadonlySet<string>>;
  /** The API answers. */
  readonly serving: Cell<true>;
}

export function createNodeCells(): NodeCells {
  return {
    nodes: new Cell('nodes'),
    pods: new Cell('pods'),
    uplinks: new Cell<readonly UplinkDevice[]>('uplinks', isDeepStrictEqual),
    neighbours: new Cell<readonly UplinkNeighbours[]>('neighbours', isDeepStrictEqual),
    overlay: new Cell<OverlayState>('overlay device', isDeepStrictEqual),
    programs: new Cell('programs'),
    localPods: new Cell('pod devices', isSameList),
    policy: new Cell('policy'),
    tables: new Cell('tables'),
    state: new Cell('state'),
    hostRoutes: new Cell<readonly HostRoute[]>('host routes', isDeepStrictEqual),
    attached: new Cell<ReadonlySet<string>>('links', isDeepStrictEqual),
    serving: new Cell('the API'),
  };
}

function isSameList(a: readonly LocalPod[], b: readonly LocalPod[]): boolean {
  return a.length === b.length && a.every((pod, i) => pod === b[i]);
}

// Cells through which a node's reconcilers pass values to each other.
import { isDeepStrictEqual } from 'node:util';
import type { Programs } from '../programs/programs.ts';
import type { LocalPod, Vips } from '../model/tables-input.ts';
import type { ServicesInput } from '../services/compiler.ts';
import type { HostRoute } from '../model/table-rows.ts';
import type { DataplaneCollection } from '../model/kinds.ts';
import type { ClusterState } from '../model/objects.ts';
import type { OverlayKind } from '../network/overlay-link.ts';
import type { Uplink } from '../network/uplink.ts';
import { Cell } from './cell.ts';
import type { KubeProxyMode } from './foreign-proxy.ts';
import type { NodeState } from './node-state.ts';

/** Neighbours, routers and path MTUs of an uplink. */
export type UplinkNeighbours = Pick<Uplink, 'gateways' | 'neighbours' | 'pathMtus'>;
/** Device facts of an uplink. */
export type UplinkDevice = Omit<Uplink, keyof UplinkNeighbours | 'tooBigs' | 'problem'>;

export interface OverlayState {
  readonly ifindex: number;
  readonly kind: OverlayKind;
}

/** Collections of the cluster as far as rows depend on them: other labels, or pods of this node, are no other value. */
export type ClusterCells = { readonly [C in DataplaneCollection]: Cell<ClusterState[C]> };

export interface NodeCells extends ClusterCells {
  readonly uplinks: Cell<readonly UplinkDevice[]>;
  /** Per uplink, in the uplinks' order. */
  readonly neighbours: Cell<readonly UplinkNeighbours[]>;
  readonly overlay: Cell<OverlayState>;
  readonly programs: Cell<Programs>;
  /** Attachments whose device exists. */
  readonly localPods: Cell<readonly LocalPod[]>;
  /** Programs whose maps hold all policy. */
  readonly policy: Cell<Programs>;
  /** Programs whose maps hold all tables. */
  readonly tables: Cell<Programs>;
  /** Last written tables; a new object after each write. */
  readonly state: Cell<NodeState>;
  /** What Services are made of; unknown: the source has not said, or `services` is off. */
  readonly services: Cell<ServicesInput>;
  /** Addresses whose rows of hd_service are written; unknown: nothing has been written yet. */
  readonly vips: Cell<Vips>;
  /** Of which mode kube-proxy's rules are, as `kube-proxy` has found them. */
  readonly kubeProxy: Cell<KubeProxyMode | 'none'>;
  readonly hostRoutes: Cell<readonly HostRoute[]>;
  /** `hook ifindex` of every program attached to a device. */
  readonly attached: Cell<ReadonlySet<string>>;
  /** Indexes of the uplinks that uplink_tx is attached to. */
  readonly guardedUplinks: Cell<readonly number[]>;
  /** Ids of the nftables chains that forwarded packets pass (`forwardChainId`). */
  readonly forwardChains: Cell<ReadonlySet<string>>;
  /** The API serves requests. */
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
    services: new Cell<ServicesInput>('services', isSameServices),
    vips: new Cell('VIPs'),
    kubeProxy: new Cell('kube-proxy'),
    hostRoutes: new Cell<readonly HostRoute[]>('host routes', isDeepStrictEqual),
    attached: new Cell<ReadonlySet<string>>('links', isDeepStrictEqual),
    guardedUplinks: new Cell<readonly number[]>('guarded uplinks', isDeepStrictEqual),
    forwardChains: new Cell<ReadonlySet<string>>('forward chains', isDeepStrictEqual),
    serving: new Cell('the API'),
  };
}

function isSameServices(a: ServicesInput, b: ServicesInput): boolean {
  return (
    a.services === b.services && a.endpointSlices === b.endpointSlices && isDeepStrictEqual(a.place, b.place)
  );
}

function isSameList(a: readonly LocalPod[], b: readonly LocalPod[]): boolean {
  return a.length === b.length && a.every((pod, i) => pod === b[i]);
}

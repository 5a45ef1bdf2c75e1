// The programs and maps of this node, loaded or adopted, and their links.
import type { NodeConfig } from '../abi/abi.gen.ts';
import type { MapName } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import type { Change } from './change.ts';
import type { DesiredLink, Device } from './desired-link.ts';
import type { PinnedLink } from './pinned-links.ts';
import type { PinnedProgram } from './pinned-programs.ts';

/** What the daemon decides of a node's settings; the rest is the loader's own. */
export type NodeSettings = Omit<NodeConfig, 'objectHash'>;

export interface DatapathOptions {
  /** Directory in a BPF filesystem, made if it is not there. */
  readonly pinRoot: string;
  readonly settings: NodeSettings;
  /** Entries in place of the objects' own numbers. A stateful map that exists keeps its size. */
  readonly mapSizes?: Partial<Record<MapName, number>>;
}

export interface DatapathStatus {
  readonly programs: readonly PinnedProgram[];
  readonly links: readonly PinnedLink[];
}

/** Owns the descriptors; dispose it: everything pinned goes on working. */
export interface Datapath extends Disposable {
  /** To be filled before `reconcileLinks`: maps that were replaced are empty, and go into force there. */
  readonly maps: MapSet;
  /** What opening did: nothing when everything was adopted. */
  readonly changes: readonly Change[];
  /**
   * Makes the links exactly these, switching those that exist over without a gap; then replaced maps and programs
   * take the old ones' pins. Links of other people's programs are not touched.
   */
  reconcileLinks(desired: readonly DesiredLink[]): Change[];
  /** pod_tx and pod_rx, first in order; what was pinned for a device of that name is replaced. */
  attachPodDevice(device: Device): void;
  /** False if nothing was attached under that name. */
  detachPodDevice(name: string): boolean;
  status(): DatapathStatus;
}

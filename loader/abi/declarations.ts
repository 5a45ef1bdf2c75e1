// Types of the generated tables of maps and program constants.
import type { Layout, MapSpec } from 'libbpf-ts';

/**
 * What an upgrade does with a map whose layout changed. `rebuildable`: recreated and filled from desired state.
 * `counting`: recreated, counters restart at zero. `stateful`: contents must survive, or the upgrade is refused.
 */
export type MapKind = 'rebuildable' | 'counting' | 'stateful';

export interface AbiMap extends MapSpec {
  readonly kind: MapKind;
  /** Names under which earlier builds pinned it. */
  readonly formerly: readonly string[];
  /** The kernel's name of the type: HASH, LPM_TRIE … */
  readonly typeName: string;
}

export interface ConfigVariable {
  readonly cName: string;
  readonly layout: Layout;
  readonly doc: string | undefined;
}

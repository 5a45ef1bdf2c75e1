// What the generated tables say about maps and settings.
import type { Layout, MapSpec } from 'libbpf-ts';

/**
 * What becomes of a map whose layout changes. `rebuildable`: made anew and filled from desired state. `counting`: made
 * anew and begun at zero, as counters may. `stateful`: its contents must survive, or the upgrade is refused.
 */
export type MapKind = 'rebuildable' | 'counting' | 'stateful';

export interface AbiMap extends MapSpec {
  readonly kind: MapKind;
  /** Names under which earlier builds pinned it. */
  readonly formerly: readonly string[];
  /** The kernel's word: HASH, LPM_TRIE … */
  readonly typeName: string;
}

export interface ConfigVariable {
  readonly cName: string;
  readonly layout: Layout;
  readonly doc: string | undefined;
}

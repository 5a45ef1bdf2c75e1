// What the generated tables say about maps and settings.
import type { Layout, MapSpec } from 'libbpf-ts';

/** `rebuildable`: filled from desired state, made anew when its layout changes. `stateful`: its contents must survive. */
export type MapKind = 'rebuildable' | 'stateful';

export interface AbiMap extends MapSpec {
  readonly kind: MapKind;
  /** The kernel's word: HASH, LPM_TRIE … */
  readonly typeName: string;
}

export interface ConfigVariable {
  readonly cName: string;
  readonly layout: Layout;
  readonly doc: string | undefined;
}

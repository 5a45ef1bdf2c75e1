// What declared maps and maps in the kernel have in common.

export interface MapShape {
  /** As in `MapType`. */
  readonly type: number;
  /** Bytes. */
  readonly keySize: number;
  /** Bytes; of one CPU's value for per-CPU maps. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** As in `MapFlag`. */
  readonly flags: number;
}

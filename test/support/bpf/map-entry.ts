// A map's row as the codecs take it.
import type { BpfMap } from 'libbpf-ts';

export type MapEntry = readonly [key: Record<string, unknown>, value: Record<string, unknown>];
export type NamedMap = BpfMap<Record<string, unknown>, Record<string, unknown>>;

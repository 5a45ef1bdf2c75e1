// Whether a map in the kernel is the one that an object declares: field by field, by offset and type, not by size alone.
import { compareKeyLayouts, compareStoredLayouts } from './compare-stored.ts';
import { BpfError } from './errors.ts';
import type { MapInfo, MapLayouts } from './map-info.ts';
import type { MapSpec } from './map-spec.ts';
import { mapTypeName } from './map-types.ts';

/** A map in the kernel, as far as it is compared. */
export interface ComparableMap {
  readonly info: MapInfo;
  layouts(): MapLayouts | undefined;
}

/** Every difference of the declared map from the one in the kernel; none if programs can share it. Values may grow into reserved bytes. */
export function compareMaps(existing: ComparableMap, declared: MapSpec): string[] {
  const { info } = existing;
  const found: string[] = [];
  if (info.type !== declared.type) {
    found.push(`type: ${mapTypeName(info.type)}, not ${mapTypeName(declared.type)}`);
  }
  for (const [what, have, want] of [
    ['key size', info.keySize, declared.keySize],
    ['value size', info.valueSize, declared.valueSize],
    ['max entries', info.maxEntries, declared.maxEntries],
    ['flags', info.flags, declared.flags],
  ] as const) {
    if (have !== want) found.push(`${what}: ${have}, not ${want}`);
  }
  const layouts = existing.layouts();
  if (layouts === undefined || declared.key === undefined || declared.value === undefined) return found;
  found.push(...compareKeyLayouts(layouts.key, declared.key).map(difference => `key ${difference}`));
  found.push(...compareStoredLayouts(layouts.value, declared.value).map(difference => `value ${difference}`));
  return found;
}

/** Throws LAYOUT with every difference. */
export function requireSameMap(declared: MapSpec, existing: ComparableMap): void {
  const differences = compareMaps(existing, declared);
  if (differences.length === 0) return;
  throw new BpfError('LAYOUT', 'reuse map', declared.name, { text: differences.join('; '), differences });
}

// Smaller hash maps than the product's: a walk through one costs as much as it has buckets, and tests walk them for
// every packet.
import { MapType, type ObjectSpec } from 'libbpf-ts';

/** Beyond what any table or story puts into one. */
const MAX_ENTRIES = 4_096;

/** For `loadObject`. */
export function smallHashMaps(spec: ObjectSpec): Readonly<Record<string, number>> {
  const large = [...spec.maps.values()].filter(
    ({ type, maxEntries }) => type === MapType.HASH && maxEntries > MAX_ENTRIES,
  );
  return Object.fromEntries(large.map(({ name }) => [name, MAX_ENTRIES]));
}

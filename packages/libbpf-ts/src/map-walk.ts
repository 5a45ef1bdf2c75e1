// Iteration over a map's elements: in batches if its type has them, else key by key.
import { systemError } from './errors.ts';
import type { MapElements } from './map-elements.ts';
import { native } from './native.ts';

const ENOENT = -2;
const EINVAL = -22;
const ENOSPC = -28;
/** include/linux/errno.h: the map's type has no such call. */
const ENOTSUPP = -524;

/** Elements per call: 1,024 make the call's cost vanish and keep buffers small. */
const CHUNK = 1024;

/** All elements of the map; see `BpfMap.entries`. */
export function* walk<K, V>(map: MapElements<K, V>): Generator<[K, V], void, undefined> {
  const batches = walkBatches(map);
  const first = batches.next();
  if (first.done === true && first.value === 'no batches') {
    yield* walkKeys(map);
    return;
  }
  if (first.done !== true) yield* first.value;
  for (const batch of batches) yield* batch;
}

function* walkBatches<K, V>(map: MapElements<K, V>): Generator<[K, V][], 'done' | 'no batches', undefined> {
  // The kernel's position: a bucket number or a key.
  let from: Uint8Array | undefined;
  const chunk = Math.max(1, Math.min(CHUNK, map.info.maxEntries));
  for (;;) {
    const to = Buffer.alloc(Math.max(4, map.key.size));
    const keys = Buffer.alloc(chunk * map.key.size);
    const values = Buffer.alloc(chunk * map.value.size);
    const [error, count] = native().lookupBatch(map.fd.handle, from, to, keys, values, chunk);
    if (from === undefined && (error === ENOTSUPP || error === EINVAL)) return 'no batches';
    // ENOSPC: the next hash bucket would not fit any more; it comes with the next call.
    if (error < 0 && error !== ENOENT && !(error === ENOSPC && count > 0))
      throw systemError(error, 'map iterate', map.name);
    if (count > 0) yield decodeBatch(map, keys, values, count);
    if (error === ENOENT) return 'done';
    from = to;
  }
}

function decodeBatch<K, V>(
  map: MapElements<K, V>,
  keys: Uint8Array,
  values: Uint8Array,
  count: number,
): [K, V][] {
  return Array.from({ length: count }, (_, index) => [
    map.key.decode(keys, index * map.key.size),
    map.value.decode(values, index * map.value.size),
  ]);
}

/** Key by key; a key that vanishes meanwhile sends the kernel back to the start, hence the bound. */
function* walkKeys<K, V>(map: MapElements<K, V>): Generator<[K, V], void, undefined> {
  let key: Uint8Array | undefined;
  for (let steps = 0; steps < map.info.maxEntries; steps++) {
    const next = Buffer.alloc(map.key.size);
    const value = Buffer.alloc(map.value.size);
    const result = native().nextKey(map.fd.handle, key, next);
    if (result === ENOENT) return;
    if (result < 0) throw systemError(result, 'map iterate', map.name);
    key = next;
    const found = native().lookup(map.fd.handle, next, value);
    if (found < 0 && found !== ENOENT) throw systemError(found, 'map lookup', map.name);
    if (found >= 0) yield [map.key.decode(next, 0), map.value.decode(value, 0)];
  }
}

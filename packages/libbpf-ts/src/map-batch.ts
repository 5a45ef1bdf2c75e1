// Many elements in one call, where the map's type can; element by element where it cannot.
import type { MapElements } from './map-elements.ts';
import { native } from './native.ts';

const ENOENT = -2;

/** Writes all entries; see `BpfMap.setBatch`. */
export function setEntries<K, V>(
  map: MapElements<K, V>,
  entries: Iterable<readonly [K, V]>,
  flags: number,
): void {
  const list = Array.from(entries);
  // The kernel's batch update knows no element flags but BPF_F_LOCK.
  const written = flags === 0 ? updateBatch(map, list) : 0;
  for (const [key, value] of list.slice(written)) map.set(key, value, flags);
}

/** How many were written; what is left is for single calls, which say what is wrong with them. */
function updateBatch<K, V>(map: MapElements<K, V>, list: readonly (readonly [K, V])[]): number {
  if (list.length < 2) return 0;
  const keys = Buffer.alloc(list.length * map.key.size);
  const values = Buffer.alloc(list.length * map.value.size);
  list.forEach(([key, value], index) => {
    map.key.encode(key, keys, index * map.key.size);
    map.value.encode(value, values, index * map.value.size);
  });
  return moved(native().updateBatch(map.fd.handle, keys, values, list.length, 0), list.length);
}

/** Deletes all keys; see `BpfMap.deleteBatch`. */
export function deleteKeys<K, V>(map: MapElements<K, V>, keys: Iterable<K>): number {
  let rest = Array.from(keys);
  let deleted = 0;
  while (rest.length > 0) {
    const [error, count] = batchDelete(map, rest);
    deleted += count;
    // The kernel stops at a key that is not there; anything else it says, single calls will repeat.
    if (error === 0) return deleted;
    if (error !== ENOENT) return deleted + deleteSingly(map, rest.slice(count));
    rest = rest.slice(count + 1);
  }
  return deleted;
}

function batchDelete<K, V>(map: MapElements<K, V>, list: readonly K[]): [error: number, count: number] {
  const keys = Buffer.alloc(list.length * map.key.size);
  list.forEach((key, index) => map.key.encode(key, keys, index * map.key.size));
  const result = native().deleteBatch(map.fd.handle, keys, list.length);
  return [result[0], moved(result, list.length)];
}

function deleteSingly<K, V>(map: MapElements<K, V>, keys: readonly K[]): number {
  return keys.reduce((count, key) => count + (map.delete(key) ? 1 : 0), 0);
}

/** An error with the count untouched means that the kernel never began. */
function moved([error, count]: [error: number, count: number], given: number): number {
  return error < 0 && count === given ? 0 : count;
}

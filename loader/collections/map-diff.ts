// The difference of two maps with immutable values.
import { PersistentMap } from './persistent-map.ts';

/** Keys that were added, deleted or have another value, each once. */
export function changedKeys<K, V>(before: ReadonlyMap<K, V>, now: ReadonlyMap<K, V>): readonly K[] {
  if (before === now) return [];
  if (isPersistent(before) && isPersistent(now)) return changedInBuckets(before, now);
  const changed: K[] = [];
  let kept = 0;
  const beside = besides(before);
  for (const [key, value] of now) {
    const old = beside(key);
    if (old !== undefined) kept++;
    if (old !== value) changed.push(key);
  }
  if (kept < before.size) for (const key of before.keys()) if (!now.has(key)) changed.push(key);
  return changed;
}

function isPersistent<K, V>(map: ReadonlyMap<K, V>): map is ReadonlyMap<K, V> & PersistentMap<K & string, V> {
  return map instanceof PersistentMap;
}

const NOTHING: ReadonlyMap<never, never> = new Map<never, never>();

/** A bucket that both versions share has not changed. */
function changedInBuckets<K extends string, V>(
  before: PersistentMap<K, V>,
  now: PersistentMap<K, V>,
): readonly K[] {
  const changed: K[] = [];
  for (let i = 0; i < now.buckets.length; i++) {
    const [old, bucket] = [before.buckets[i], now.buckets[i]];
    if (bucket !== old) changed.push(...changedKeys<K, V>(old ?? NOTHING, bucket ?? NOTHING));
  }
  return changed;
}

/** A copied map keeps its key order: iterating both in step is several times faster than look-ups. */
function besides<K, V>(map: ReadonlyMap<K, V>): (key: K) => V | undefined {
  const entries = map.entries();
  let inStep = true;
  return key => {
    if (inStep) {
      const { done, value } = entries.next();
      if (done !== true && value[0] === key) return value[1];
      inStep = false;
    }
    return map.get(key);
  };
}

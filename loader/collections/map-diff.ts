// What differs between two maps whose values are never changed in place.

/** Keys that came, went or have another value, each once. */
export function changedKeys<K, V>(before: ReadonlyMap<K, V>, now: ReadonlyMap<K, V>): readonly K[] {
  if (before === now) return [];
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

/** A copied map has its keys in the same order: reading both side by side is several times faster than looking up. */
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

// The difference of two snapshots.
import { isDeepStrictEqual } from 'node:util';

export interface Change<View> {
  readonly kind: 'added' | 'modified' | 'deleted';
  readonly view: View;
}

/**
 * The changes from `known` to `snapshot`, deletions first. `known` is updated with each change as it is consumed, so a
 * reader that stops in between can continue later with another snapshot.
 */
export function* changes<View extends object>(
  known: Map<string, View>,
  snapshot: ReadonlyMap<string, View>,
): Generator<Change<View>> {
  for (const [key, view] of known) {
    if (snapshot.has(key)) continue;
    known.delete(key);
    yield { kind: 'deleted', view };
  }
  for (const [key, view] of snapshot) {
    const before = known.get(key);
    if (before === view) continue;
    known.set(key, view);
    if (before === undefined) yield { kind: 'added', view };
    else if (!isDeepStrictEqual(before, view)) yield { kind: 'modified', view };
  }
}

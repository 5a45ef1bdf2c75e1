import fc from 'fast-check';
import t from 'tap';
import { changedKeys } from '../../../loader/collections/map-diff.ts';
import { MapDraft, PersistentMap } from '../../../loader/collections/persistent-map.ts';

const key = fc.nat(40).map(n => `key ${n}`);
/** An absent value deletes. */
const edit = fc.tuple(key, fc.option(fc.nat(3)));
const edits = fc.array(edit, { maxLength: 20 });

function write(
  target: Pick<Map<string, number>, 'set' | 'delete'> | MapDraft<string, number>,
  list: readonly (readonly [string, number | null])[],
): void {
  for (const [name, value] of list)
    if (value === null) target.delete(name);
    else target.set(name, value);
}

const sorted = (entries: Iterable<readonly [string, number]>): readonly unknown[] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

t.test('a version holds what a plain map holds, whatever is written later', t => {
  fc.assert(
    fc.property(fc.array(edits, { minLength: 1, maxLength: 5 }), rounds => {
      const draft = new MapDraft<string, number>();
      const plain = new Map<string, number>();
      const versions = rounds.map(list => {
        write(draft, list);
        write(plain, list);
        return [draft.seal(), new Map(plain)] as const;
      });
      return versions.every(
        ([version, wanted]) =>
          version.size === wanted.size &&
          JSON.stringify(sorted(version)) === JSON.stringify(sorted(wanted)) &&
          [...wanted].every(([name, value]) => version.get(name) === value && version.has(name)),
      );
    }),
  );
  t.pass();
  t.end();
});

t.test('two versions differ in what was written between them', t => {
  fc.assert(
    fc.property(edits, edits, (first, second) => {
      const draft = new MapDraft<string, number>();
      write(draft, first);
      const before = draft.seal();
      write(draft, second);
      const now = draft.seal();
      const changed = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): string =>
        [...changedKeys(a, b)].sort().join();
      const plain = changed(new Map(before), new Map(now));
      return changed(before, now) === plain && changed(new Map(before), now) === plain;
    }),
  );
  t.pass();
  t.end();
});

t.test('an edit copies the bucket of its key alone, and none makes no new version', t => {
  const draft = new MapDraft<string, number>();
  for (let i = 0; i < 5_000; i++) draft.set(`pod-${i}`, i);
  const before = draft.seal();
  draft.set('pod-7', 7);
  draft.delete('absent');
  t.equal(draft.seal(), before, 'nothing was changed');
  draft.set('pod-7', 8);
  draft.delete('pod-8');
  const now = draft.seal();
  const copied = now.buckets.filter((bucket, i) => bucket !== before.buckets[i]);
  t.ok(copied.length <= 2, `${copied.length} buckets`);
  t.strictSame([...changedKeys(before, now)].sort(), ['pod-7', 'pod-8']);
  t.equal(before.get('pod-7'), 7);
  t.end();
});

t.test('it is read as any map', t => {
  const draft = new MapDraft<string, number>();
  draft.set('a', 1);
  draft.set('b', 2);
  const map: ReadonlyMap<string, number> = draft.seal();
  t.ok(map instanceof PersistentMap);
  t.strictSame([...map.keys()].sort(), ['a', 'b']);
  t.strictSame([...map.values()].sort(), [1, 2]);
  const seen: unknown[] = [];
  map.forEach((value, name, of) => seen.push([name, value, of === map]));
  t.strictSame(seen.sort(), [
    ['a', 1, true],
    ['b', 2, true],
  ]);
  t.strictSame([...draft.keys()].sort(), ['a', 'b']);
  t.equal(draft.size, 2);
  t.end();
});

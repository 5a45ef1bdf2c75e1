// A ring of events: what does not fit overwrites the oldest, and each event keeps its labels.
import t from 'tap';
import { EventRing } from '../../../loader/events/event-ring.ts';

const LABELS = { source: 'shop/web', destination: undefined, rule: 'a rule', otherRule: undefined };

t.test('the newest are kept, in memory of one size', t => {
  const ring = new EventRing(3, 4);
  t.equal(ring.bytes.length, 12);
  t.match({ first: ring.first, next: ring.next }, { first: 0, next: 0 });
  for (let i = 0; i < 5; i++)
    ring.push(Buffer.from([i, 0, 0, 0, 99]), () => ({ ...LABELS, source: `pod ${i}` }));
  t.match({ first: ring.first, next: ring.next, size: ring.bytes.length }, { first: 2, next: 5, size: 12 });
  const kept = [2, 3, 4].map(n => [ring.bytes[ring.offsetOf(n)], ring.labelsOf(n).source]);
  t.strictSame(kept, [
    [2, 'pod 2'],
    [3, 'pod 3'],
    [4, 'pod 4'],
  ]);
  t.end();
});

t.test('a label is read where the record lies', t => {
  const ring = new EventRing(2, 4);
  for (const value of [7, 8, 9])
    ring.push(Buffer.from([value, 0, 0, 0]), offset => ({ ...LABELS, source: String(ring.bytes[offset]) }));
  t.strictSame([ring.labelsOf(1).source, ring.labelsOf(2).source], ['8', '9']);
  t.strictSame(ring.labelsOf(2), { ...LABELS, source: '9' });
  t.end();
});

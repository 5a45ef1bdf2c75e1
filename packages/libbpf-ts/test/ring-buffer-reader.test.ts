// `for await` over a ring buffer: in order, without loss, and no further ahead than one batch.
import t from 'tap';
import { codecOf, layoutOf, loadObject, readRingBuffer, RingBuffer, skBuffContext } from '../src/index.ts';
import { openDescriptors } from './support/descriptors.ts';
import { experimentalFrame } from './support/frames.ts';
import { objectSpec } from './support/objects.ts';

interface Event {
  readonly number: number;
  readonly length: number;
}

const spec = objectSpec('hooks');
const codec = codecOf<Event>(layoutOf(spec.btf, 'event'));
const object = loadObject(spec, { name: 'hooks' });
t.teardown(() => object[Symbol.dispose]());

function send(number: number, repeat = 1): void {
  const context = skBuffContext({ mark: number });
  object.program('notify').testRun({ data: experimentalFrame(80), context, repeat });
}

t.test('records written before and during the loop arrive in order', async t => {
  send(0);
  send(1);
  const seen: number[] = [];
  for await (const { number } of readRingBuffer(object.map('t_events'), { codec })) {
    seen.push(number);
    if (number === 1) for (const next of [2, 3, 4]) send(next);
    if (number === 4) break;
  }
  t.same(seen, [0, 1, 2, 3, 4]);
});

t.test('a slow loop loses nothing that fits into the kernel', async t => {
  const seen: number[] = [];
  send(0);
  for await (const { number } of readRingBuffer(object.map('t_events'), { codec })) {
    seen.push(number);
    if (number < 500) send(number + 1);
    else break;
    if (number % 100 === 0) await new Promise(resolve => setTimeout(resolve, 5));
  }
  t.same(
    seen,
    Array.from({ length: 501 }, (_, number) => number),
  );
});

t.test('what is behind stays in the kernel: reserving fails there, and memory does not grow', async t => {
  const reader = readRingBuffer(object.map('t_events'), { codec });
  send(1);
  await reader.next();
  send(2, 10_000); // the ring has 64 KiB, a record 16 bytes with its header
  await new Promise(resolve => setTimeout(resolve, 20));
  await reader.return();
  let rest = 0;
  using ring = new RingBuffer(object.map('t_events'), records => (rest += records.length));
  ring.consume();
  t.ok(rest >= 4_000 && rest <= 4_096, `${rest} records`);
});

t.test('a signal ends a loop that waits, and leaves nothing open', async t => {
  const before = openDescriptors();
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 10);
  for await (const event of readRingBuffer(object.map('t_events'), { codec, signal: stop.signal }))
    t.ok(event);
  t.ok(stop.signal.aborted);
  await new Promise(setImmediate);
  t.same(openDescriptors(), before);
});

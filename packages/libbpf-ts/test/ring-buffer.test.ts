import t from 'tap';
import {
  codecOf,
  decodeRecords,
  layoutOf,
  loadObject,
  RingBuffer,
  skBuffContext,
  u64Codec,
} from '../src/index.ts';
import { experimentalFrame } from './support/frames.ts';
import { objectSpec } from './support/objects.ts';

interface Event {
  readonly number: number;
  readonly length: number;
}

const spec = objectSpec('hooks');
const eventCodec = codecOf<Event>(layoutOf(spec.btf, 'event'));
const object = loadObject(spec, { name: 'hooks' });
t.teardown(() => object[Symbol.dispose]());

function send(number: number, repeat = 1): void {
  object
    .program('notify')
    .testRun({ data: experimentalFrame(80), context: skBuffContext({ mark: number }), repeat });
}

/** The next batch, decoded. */
function nextBatch(): Promise<Event[]> {
  return new Promise(resolve => {
    const ring = new RingBuffer(object.map('t_events'), records => {
      ring[Symbol.dispose]();
      resolve(decodeRecords(records, eventCodec));
    });
  });
}

t.test('records arrive in order, many in one call, without anybody polling', async t => {
  const batch = nextBatch();
  for (let number = 0; number < 100; number++) send(number);
  const events = await batch;
  t.equal(events.length, 100, 'all that was there came at once');
  t.same(events[99], { number: 99, length: 80 });
  t.ok(events.every((event, index) => event.number === index));
});

t.test('what was written before anybody listened is not lost', async t => {
  send(7, 3);
  t.same(await nextBatch(), new Array(3).fill({ number: 7, length: 80 }));
});

t.test('records can be taken without waiting for the event loop', t => {
  const seen: number[] = [];
  using ring = new RingBuffer(object.map('t_events'), records => {
    seen.push(...decodeRecords(records, eventCodec).map(({ number }) => number));
  });
  send(1);
  send(2);
  ring.consume();
  t.same(seen, [1, 2]);
  ring.consume();
  t.same(seen, [1, 2]);
  t.end();
});

t.test('once disposed nothing arrives, and disposing again is fine', async t => {
  const ring = new RingBuffer(object.map('t_events'), () => t.fail('a record arrived'));
  ring[Symbol.dispose]();
  ring[Symbol.dispose]();
  send(5);
  await new Promise(resolve => setTimeout(resolve, 20));
  t.throws(() => ring.consume(), { code: 'EBADF' });
  t.same(await nextBatch(), [{ number: 5, length: 80 }], 'it waits in the map for the next listener');
});

t.test('an exception in the callback is an uncaught one, and the next batch still comes', async t => {
  const caught = new Promise<Error>(resolve => process.once('uncaughtException', resolve));
  let calls = 0;
  const ring = new RingBuffer(object.map('t_events'), () => {
    calls++;
    if (calls === 1) throw new Error('from the callback');
  });
  t.teardown(() => ring[Symbol.dispose]());
  send(1);
  t.match(await caught, { message: 'from the callback' });
  send(2);
  await new Promise(resolve => setTimeout(resolve, 20));
  t.equal(calls, 2);
});

t.test('a map that is no ring buffer is refused', t => {
  t.throws(() => new RingBuffer(object.map('t_runs'), () => undefined), {
    code: 'EINVAL',
    operation: 'open ring buffer',
  });
  t.end();
});

t.test('records shorter than the codec are left out', t => {
  t.same(decodeRecords([new Uint8Array(4), new Uint8Array(8)], u64Codec), [0n]);
  t.end();
});

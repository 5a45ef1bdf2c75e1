import t from 'tap';
import {
  BpfMap,
  clsactFilter,
  Link,
  linkById,
  loadObject,
  mapById,
  MapType,
  programById,
  queryTcx,
  RingBuffer,
} from '../src/index.ts';
import { pinDirectory } from './support/bpffs.ts';
import { openDescriptors } from './support/descriptors.ts';
import { experimentalFrame } from './support/frames.ts';
import { testNetns } from './support/netns.ts';
import { objectSpec } from './support/objects.ts';

const hooks = objectSpec('hooks');

function attempt(action: () => unknown): void {
  try {
    action();
  } catch {
    // the failure is the point
  }
}

/** Runs it once for what is opened once and for all (the addon, libuv's epoll), then compares around a second time. */
async function leavesNothingOpen(
  t: { same(found: unknown, wanted: unknown): boolean },
  action: () => unknown,
): Promise<void> {
  await action();
  const before = openDescriptors();
  for (let round = 0; round < 3; round++) await action();
  t.same(openDescriptors(), before);
}

t.test('an object and all its parts close with it, twice over', async t => {
  await leavesNothingOpen(t, () => {
    const object = loadObject(hooks);
    t.ok(openDescriptors().filter(line => line.includes('bpf')).length >= 7);
    object[Symbol.dispose]();
    object[Symbol.dispose]();
  });
});

t.test('maps, programs and links close, however they were opened', async t => {
  const directory = pinDirectory(t);
  const netns = testNetns(t);
  using object = loadObject(hooks);
  const program = object.program('first');
  const target = { ifindex: netns.near, direction: 'ingress', netns: netns.path } as const;
  let round = 0;
  await leavesNothingOpen(t, () => {
    const path = `${directory}/${round++}`;
    using made = BpfMap.create({ name: 'x', type: MapType.HASH, keySize: 4, valueSize: 4, maxEntries: 1 });
    made.pin(path);
    using opened = BpfMap.openPinned(path);
    using byId = mapById(made.info.id);
    t.equal(byId.info.id, opened.info.id);
    object.map('t_runs').layouts();
    using link = program.attachTcx(target);
    link.pin(`${path}-link`);
    using pinned = Link.openPinned(`${path}-link`);
    using same = linkById(link.id);
    using again = programById(program.info().id);
    t.equal(again.name, 'first');
    t.equal(same.id, pinned.id);
    queryTcx(netns.near, 'ingress', netns.path);
    pinned.detach();
    program.testRun({ data: experimentalFrame() });
    const filter = program.attachClsact({ ...target, priority: 1, handle: 1 });
    clsactFilter(filter.target).detach();
  });
});

t.test('ring buffers close, whether or not a record came', async t => {
  using object = loadObject(hooks);
  await leavesNothingOpen(t, async () => {
    const silent = new RingBuffer(object.map('t_events'), () => undefined);
    silent[Symbol.dispose]();
    await new Promise<void>(resolve => {
      const ring = new RingBuffer(object.map('t_events'), () => {
        ring[Symbol.dispose]();
        resolve();
      });
      object.program('notify').testRun({ data: experimentalFrame() });
    });
    // uv closes its handle in the next turn of the loop.
    await new Promise(resolve => setImmediate(resolve));
  });
});

t.test('what fails leaves nothing open', async t => {
  const directory = pinDirectory(t);
  using object = loadObject(hooks);
  object.map('t_runs').pin(`${directory}/runs`);
  const wide = { size: 99, encode: () => undefined, decode: () => 0 };
  await leavesNothingOpen(t, () => {
    attempt(() => loadObject(objectSpec('refused')));
    attempt(() => loadObject(objectSpec('netfilter')));
    attempt(() => loadObject(hooks, { variables: { nothing: 1 } }));
    attempt(() => BpfMap.openPinned(`${directory}/runs`, { key: wide, value: wide }));
    attempt(() => BpfMap.openPinned(`${directory}/none`));
    attempt(() => new RingBuffer(object.map('t_runs'), () => undefined));
    attempt(() => object.program('first').attachTcx({ ifindex: 9999, direction: 'ingress' }));
    attempt(() => queryTcx(1, 'ingress', '/dev/null'));
    attempt(() => object.program('account').attachCgroup({ path: '/proc', attachType: 1 }));
  });
});

t.test('an owner that is closed says so', t => {
  const object = loadObject(hooks);
  const program = object.program('first');
  object[Symbol.dispose]();
  t.throws(() => program.info(), { code: 'EBADF' });
  t.throws(() => object.map('t_runs').get(0), { code: 'EBADF' });
  t.throws(() => program.attachXdp({ ifindex: 1 }), { code: 'EBADF' });
  t.end();
});

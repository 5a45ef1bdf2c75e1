import t from 'tap';
import {
  enableRunStatistics,
  loadObject,
  Program,
  programById,
  programIds,
  ProgramType,
  readSkBuffContext,
  readXdpContext,
  skBuffContext,
  supportsProgramKind,
  xdpContext,
} from '../src/index.ts';
import { pinDirectory } from './support/bpffs.ts';
import { experimentalFrame } from './support/frames.ts';
import { testNetns } from './support/netns.ts';
import { objectSpec } from './support/objects.ts';

const XDP_DROP = 1;
const XDP_TX = 3;
const RUNS_OF_XDP = 3;

const object = loadObject(objectSpec('hooks'), { name: 'hooks' });
t.teardown(() => object[Symbol.dispose]());

t.test('a program runs over a packet and returns its verdict, signed', t => {
  const result = object.program('first').testRun({ data: experimentalFrame(), repeat: 10 });
  t.equal(result.returnValue, -1, 'TCX_NEXT');
  t.same(result.data, experimentalFrame());
  t.equal(result.context.byteLength, 0);
  t.ok(result.durationNs > 0);
  t.end();
});

t.test('a context goes in and comes out', t => {
  const context = skBuffContext({ mark: 77, cb0: 5, priority: 3 });
  const result = object.program('first').testRun({ data: experimentalFrame(90), context });
  t.match(readSkBuffContext(result.context), { mark: 77, cb0: 5, priority: 3, wireLength: 90 });
  t.end();
});

t.test('an ifindex in the context is looked up in the network namespace of the run', t => {
  const netns = testNetns(t);
  const context = skBuffContext({ ifindex: netns.near });
  const run = { data: experimentalFrame(), context };
  t.equal(object.program('first').testRun({ ...run, netns: netns.path }).returnValue, -1);
  t.throws(() => object.program('first').testRun({ ...run, netns: '/run/netns/none' }), { code: 'ENOENT' });
  t.end();
});

t.test('XDP: metadata and packet are given by offsets', t => {
  const context = xdpContext({ length: 72, metadataLength: 8 });
  const result = object.program('reflect').testRun({ data: experimentalFrame(72), context });
  t.equal(result.returnValue, XDP_TX);
  t.match(readXdpContext(result.context), { data: 8, dataEnd: 72 });
  t.end();
});

t.test('XDP live frames: each run is a packet of its own', t => {
  const runs = object.map('t_runs');
  const before = runs.get(RUNS_OF_XDP) as bigint;
  const run = { data: experimentalFrame(), liveFrames: true, repeat: 1000, batchSize: 64 };
  t.equal(object.program('discard').testRun(run).data.byteLength, 0);
  t.equal((runs.get(RUNS_OF_XDP) as bigint) - before, 1000n);
  t.equal(object.program('discard').testRun({ data: experimentalFrame() }).returnValue, XDP_DROP);
  t.end();
});

t.test('a packet that is no packet is refused', t => {
  t.throws(() => object.program('first').testRun({ data: new Uint8Array(3) }), {
    code: 'EINVAL',
    operation: 'program test run',
    subject: 'first',
  });
  t.end();
});

t.test('a program tells what it is', t => {
  const info = object.program('first').info();
  t.match(info, { name: 'first', type: ProgramType.SCHED_CLS, tag: /^[0-9a-f]{16}$/ });
  t.ok(info.verifiedInstructions > 0);
  t.ok(info.instructions > 1 && Number.isInteger(info.instructions));
  t.ok(info.jitedBytes > info.instructions);
  t.same(info.mapIds, [object.map('t_runs').info.id]);
  t.ok(info.loadTimeNs > 0n);
  t.end();
});

t.test('runs and their time are counted while somebody asks for it', t => {
  const program = object.program('second');
  {
    using statistics = enableRunStatistics();
    t.ok(statistics.number > 0);
    program.testRun({ data: experimentalFrame(), repeat: 50 });
  }
  const { runCount, runTimeNs } = program.info();
  t.equal(runCount, 50n);
  t.ok(runTimeNs > 0n);
  t.end();
});

t.test('a program is found by its id and by its pin', t => {
  const path = `${pinDirectory(t)}/first`;
  const program = object.program('first');
  const { id } = program.info();
  t.ok(programIds().includes(id));
  using byId = programById(id);
  t.equal(byId.info().tag, program.info().tag);
  program.pin(path);
  using pinned = Program.openPinned(path);
  t.equal(pinned.info().id, id);
  t.equal(pinned.name, 'first');
  t.end();
});

t.test('the kernel is asked what it knows, by trying', t => {
  t.equal(supportsProgramKind({ type: ProgramType.SCHED_CLS }), true);
  t.equal(supportsProgramKind({ type: 1000 }), false);
  t.end();
});

// Probes and tracepoints, by section and by name: a program runs where it was attached, and only while it is.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import t from 'tap';
import { load, testAttached } from './support/tracing.ts';

t.test('raw tracepoint: by section, and by name', t => {
  const object = load(t, 'at_raw_tracepoint');
  const program = object.program('at_raw_tracepoint');
  testAttached(t, object, () => program.attach());
  testAttached(t, object, () => program.attachRawTracepoint('sys_enter'));
  using link = program.attach();
  t.match(link.info(), { kind: 'raw-tracepoint', programId: program.info().id });
  t.throws(() => program.attachRawTracepoint('none_such'), { code: 'ENOENT', subject: 'none_such' });
  t.end();
});

t.test('tracepoint with types (tp_btf)', t => {
  const object = load(t, 'at_typed_tracepoint');
  testAttached(t, object, () => object.program('at_typed_tracepoint').attach());
  using link = object.program('at_typed_tracepoint').attach();
  t.match(link.info(), { kind: 'raw-tracepoint' });
  t.end();
});

t.test('uprobe: a function of a library, in one process, with a cookie', t => {
  const object = load(t, 'at_uprobe');
  const program = object.program('at_uprobe');
  const target = { path: 'libc.so.6', function: 'getppid', pid: process.pid, cookie: 77n };
  testAttached(t, object, () => program.attachUprobe(target));
  t.equal(object.variable('last_cookie').get(), 77n);
  testAttached(t, object, () => program.attachUprobe({ ...target, atReturn: true }));
  t.throws(() => program.attachUprobe({ ...target, function: 'none_such' }), {
    code: 'ENOENT',
    message: /none_such/,
  });
  t.throws(() => program.attachUprobe({ ...target, path: '/nowhere' }), { code: 'ENOENT' });
  t.throws(() => program.attach(), { code: 'ENOTSUP', message: /does not say where to/ });
  t.end();
});

t.test('uprobe: the section says where to', t => {
  const object = load(t, 'at_named_uprobe');
  testAttached(t, object, () => object.program('at_named_uprobe').attach());
  t.end();
});

t.test('tracepoint: needs tracefs, and says so where it is missing', t => {
  const object = load(t, 'at_tracepoint');
  const program = object.program('at_tracepoint');
  const tracefs = '/sys/kernel/tracing';
  if (!existsSync(`${tracefs}/events`)) {
    t.throws(() => program.attach(), { code: 'ENOENT', message: /mount -t tracefs/ });
    execFileSync('mount', ['-t', 'tracefs', 'tracefs', tracefs]);
    t.teardown(() => execFileSync('umount', [tracefs]));
  }
  testAttached(t, object, () => program.attach());
  const target = { category: 'syscalls', name: 'sys_enter_getppid' };
  testAttached(t, object, () => program.attachTracepoint({ ...target, cookie: 5n }));
  t.equal(object.variable('last_cookie').get(), 5n);
  t.throws(() => program.attachTracepoint({ ...target, name: 'none' }), {
    code: 'ENOENT',
    message: /syscalls\/none/,
  });
  t.end();
});

t.test('perf event: at every tick of a CPU clock', t => {
  const object = load(t, 'at_perf_event');
  const program = object.program('at_perf_event');
  const spin = () => {
    for (const end = process.cpuUsage().user + 50_000; process.cpuUsage().user < end;);
  };
  const target = { event: 'cpu-clock', frequency: 1_000, pid: process.pid } as const;
  testAttached(t, object, () => program.attachPerfEvent(target), spin);
  using link = program.attachPerfEvent(target);
  t.match(link.info(), { kind: 'perf-event' });
  t.throws(() => program.attachPerfEvent({ event: 'cpu-clock' }), { code: 'EINVAL' });
  t.throws(() => program.attachPerfEvent({ ...target, pid: -1 }), { code: 'EINVAL' });
  t.end();
});

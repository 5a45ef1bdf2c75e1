// Iterators, cgroups and namespaces by section; and what is said where nothing can be attached.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { createServer } from 'node:net';
import t from 'tap';
import { codecOf, layoutOf, runIterator, type BpfError } from '../src/index.ts';
import { testNetns } from './support/netns.ts';
import { load, spec, testAttached } from './support/tracing.ts';

t.test('iterators: all tasks, one of them, and the elements of a map', t => {
  const object = load(t, 'over_tasks', 'over_numbers');
  const seen = codecOf<{ pid: number; tgid: number }>(layoutOf(spec.btf, 'seen'));
  using tasks = object.program('over_tasks').attachIterator();
  const all = runIterator(tasks, seen);
  t.ok(runIterator(tasks, seen).length > 0, 'an iterator runs anew each time');
  t.match(tasks.info(), { kind: 'iterator' });
  using own = object.program('over_tasks').attachIterator({ pid: process.pid });
  const threads = runIterator(own, seen);
  t.equal(new Set(threads.map(({ tgid }) => tgid)).size, 1, 'the threads of one process');
  t.ok(all.some(({ tgid }) => tgid === threads[0]?.tgid));
  const map = object.map('t_numbers');
  map.set(3, 33n);
  using numbers = object.program('over_numbers').attachIterator({ map });
  const number = codecOf(layoutOf(spec.btf, 'number'));
  t.same(runIterator(numbers, number), [{ key: 3, value: 33n }]);
  t.equal(runIterator(numbers).byteLength, number.size);
  t.throws(() => object.program('over_numbers').attachIterator({ map, pid: 1 }), { code: 'EINVAL' });
  t.end();
});

t.test('sockops: the section says what to attach to a cgroup as', async t => {
  const object = load(t, 'at_sockops');
  const root = / (\S+) cgroup2 /.exec(readFileSync('/proc/self/mounts', 'utf8'))?.[1] ?? '';
  const path = `${root}/libbpf-ts-sockops-${process.pid}`;
  mkdirSync(path);
  t.teardown(() => rmdirSync(path));
  using link = object.program('at_sockops').attachCgroup({ path });
  t.match(link.info(), { kind: 'cgroup' });
  const server = createServer(socket => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const dial = `echo $$ > ${path}/cgroup.procs && exec 3<>/dev/tcp/127.0.0.1/${port}`;
  const before = object.variable('runs').get() as bigint;
  execFileSync('bash', ['-c', dial]);
  t.ok((object.variable('runs').get() as bigint) > before);
});

t.test('sk_lookup: attached to a network namespace', t => {
  const object = load(t, 'at_sk_lookup');
  const netns = testNetns(t);
  using link = object.program('at_sk_lookup').attachNetns({ path: netns.path });
  t.ok(link.id > 0);
  const before = object.variable('runs').get() as bigint;
  netns.run('bash', '-c', 'echo > /dev/udp/127.0.0.1/9');
  t.ok((object.variable('runs').get() as bigint) > before);
  t.end();
});

t.test('what this kernel lacks or forbids is said in words', t => {
  const object = load(t, 'at_kprobe');
  if (existsSync('/sys/bus/event_source/devices/kprobe')) {
    const nap = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    testAttached(
      t,
      object,
      () => object.program('at_kprobe').attachKprobe({ function: 'do_nanosleep' }),
      () => {
        nap();
        execFileSync('true');
      },
    );
  } else {
    t.throws(() => object.program('at_kprobe').attach(), { code: 'UNSUPPORTED', message: /CONFIG_KPROBES/ });
  }
  for (const program of ['at_fentry', 'at_lsm']) {
    try {
      load(t, program).program(program).attach()[Symbol.dispose]();
    } catch (error) {
      t.match(error, { code: 'EPERM', message: /locked down|Operation not permitted/ });
      t.notMatch((error as BpfError).message, /ulimit/, 'no guess at a limit that kernels no longer have');
    }
  }
  t.end();
});

t.test('a program whose section or origin does not say how it attaches', t => {
  const object = load(t, 'at_nothing', 'at_uprobe');
  t.throws(() => object.program('at_nothing').attach(), { code: 'ENOTSUP', message: /attachTcx/ });
  object[Symbol.dispose]();
  t.throws(() => object.program('at_uprobe').attachUprobe({ path: 'libc.so.6', function: 'getppid' }), {
    code: 'EBADF',
  });
  t.end();
});

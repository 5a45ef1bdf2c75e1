// How long what libbpf attached lives: while its link is open or pinned.
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { Link, loadObject, runIterator } from '../src/index.ts';
import { pinDirectory } from './support/bpffs.ts';
import { openDescriptors } from './support/descriptors.ts';
import { askForParent, load, runsDuring, spec } from './support/tracing.ts';

t.test('a pinned link works on when its owner is disposed', t => {
  const object = load(t, 'at_uprobe', 'at_raw_tracepoint');
  for (const attach of [
    () => object.program('at_uprobe').attachUprobe({ path: 'libc.so.6', function: 'getppid' }),
    () => object.program('at_raw_tracepoint').attach(),
  ]) {
    const directory = pinDirectory(t);
    const link = attach();
    link.pin(`${directory}/link`);
    link[Symbol.dispose]();
    t.ok(runsDuring(object, askForParent) > 0n);
    const again = Link.openPinned(`${directory}/link`);
    t.ok(again.id > 0);
    again[Symbol.dispose]();
    execFileSync('rm', [`${directory}/link`]);
  }
  t.end();
});

t.test('nothing stays open', t => {
  const before = openDescriptors();
  const object = loadObject(spec, { programs: ['at_uprobe', 'at_perf_event', 'over_tasks'] });
  const links = [
    object.program('at_uprobe').attachUprobe({ path: 'libc.so.6', function: 'getppid' }),
    object.program('at_perf_event').attachPerfEvent({ event: 'cpu-clock', frequency: 9, pid: process.pid }),
    object.program('over_tasks').attach(),
  ];
  runIterator(links[2] as Link);
  for (const link of links) link[Symbol.dispose]();
  for (const link of links) link[Symbol.dispose]();
  object[Symbol.dispose]();
  t.same(openDescriptors(), before);
  t.end();
});

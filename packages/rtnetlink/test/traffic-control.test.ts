// Others' queueing disciplines and filters are seen.
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { createVeth, getLink, listFilters, listQdiscs } from '../src/index.ts';
import { scratchNetns } from './scratch-netns.ts';

t.test("the kernel's own qdisc, a foreign one, and the filters of a clsact are told apart", t => {
  const { socket, path } = scratchNetns(t);
  const tc = (...words: string[]) => execFileSync('nsenter', [`--net=${path}`, 'tc', ...words]);
  createVeth(socket, { name: 'a', up: true, peer: { name: 'b', mac: '02:00:00:00:00:01' } });
  const index = getLink(socket, 'a')?.index ?? 0;
  t.match(listQdiscs(socket, index), [{ kind: 'noqueue', handle: 0, root: true }]);
  t.same(listFilters(socket, index), []);

  tc(
    'qdisc',
    'add',
    'dev',
    'a',
    'root',
    'handle',
    '1:',
    'tbf',
    'rate',
    '1mbit',
    'burst',
    '32k',
    'latency',
    '1s',
  );
  t.match(listQdiscs(socket, index), [{ kind: 'tbf', handle: 0x10000, root: true }]);

  tc('qdisc', 'add', 'dev', 'a', 'clsact');
  const everything = ['protocol', 'ip', 'prio', '7', 'u32', 'match', 'u32', '0', '0', 'classid', '1:1'];
  tc('filter', 'add', 'dev', 'a', 'ingress', ...everything);
  t.same(new Set(listQdiscs(socket, index).map(qdisc => qdisc.kind)), new Set(['tbf', 'clsact']));
  const filters = listFilters(socket, index);
  t.ok(filters.length > 0);
  for (const filter of filters)
    t.match(filter, { index, kind: 'u32', priority: 7, parent: 0xfffffff2, bpfProgramId: undefined });
  t.end();
});

t.test('without a link the qdiscs of all are listed', t => {
  const { socket } = scratchNetns(t);
  createVeth(socket, { name: 'a', up: true, peer: { name: 'b' } });
  const indexes = listQdiscs(socket).map(qdisc => qdisc.index);
  t.ok(indexes.includes(getLink(socket, 'a')?.index ?? 0));
  t.end();
});

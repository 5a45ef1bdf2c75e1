// What others put on a pod's interface is seen, as the bandwidth plugin would put it there.
import t from 'tap';
import { createVeth } from 'rtnetlink';
import { readForeign } from '../../../loader/network/foreign.ts';
import { linkOf, run, scratchNode } from './scratch-node.ts';

t.test('a shaper is foreign, an empty clsact is not, a filter in it is', t => {
  const node = scratchNode(t);
  for (const name of ['hd1', 'hd2', 'hd3'])
    createVeth(node.socket, { name, up: true, peer: { name: `${name}p` } });
  const [first, second, third] = ['hd1', 'hd2', 'hd3'].map(name => linkOf(node, name).index) as [
    number,
    number,
    number,
  ];
  const read = () => Object.fromEntries(readForeign(node.socket, [first, second, third], new Set()));
  t.same(read(), {});
  run(
    node,
    'tc',
    'qdisc',
    'add',
    'dev',
    'hd1',
    'root',
    'tbf',
    'rate',
    '1mbit',
    'burst',
    '32k',
    'latency',
    '1s',
  );
  run(node, 'tc', 'qdisc', 'add', 'dev', 'hd2', 'clsact');
  t.same(read(), { [first]: ['it has a qdisc tbf'] });
  run(node, 'tc', 'filter', 'add', 'dev', 'hd2', 'egress', 'protocol', 'ip', 'u32', 'match', 'u32', '0', '0');
  t.match(read()[second]?.[0], /^it has a u32 filter$/);
  run(node, 'tc', 'qdisc', 'delete', 'dev', 'hd1', 'root');
  run(node, 'tc', 'qdisc', 'delete', 'dev', 'hd2', 'clsact');
  t.same(read(), {});
  t.end();
});

t.test('what stands on other links is not spoken of', t => {
  const node = scratchNode(t);
  createVeth(node.socket, { name: 'hd1', up: true, peer: { name: 'hd1p' } });
  run(
    node,
    'tc',
    'qdisc',
    'add',
    'dev',
    'hd1p',
    'root',
    'tbf',
    'rate',
    '1mbit',
    'burst',
    '32k',
    'latency',
    '1s',
  );
  t.same(readForeign(node.socket, [linkOf(node, 'hd1').index], new Set()).size, 0);
  t.end();
});

import t from 'tap';
import { figureNamed, figuresNamed, FIGURES } from '../../bench/figures.ts';
import { aimedAt, isReached } from '../../bench/figure.ts';
import { measurePairs, paired, pairOf, plain } from '../../bench/results.ts';
import { resultTable } from '../../bench/table.ts';

const HEADING = { name: 'a_figure', unit: 'packets/s', note: 'ours : theirs' } as const;

t.test('ours and the peer are measured in turn', async t => {
  const order: string[] = [];
  const measured = (name: string, value: number) => (): Promise<number> => {
    order.push(name);
    return Promise.resolve(value);
  };
  const pairs = await measurePairs(2, measured('ours', 6), measured('peer', 3));
  t.strictSame(order, ['ours', 'peer', 'ours', 'peer']);
  t.strictSame(pairs, [pairOf(6, 3), pairOf(6, 3)]);
});

t.test('the ratio is the median of the ratios', t => {
  const result = paired(HEADING, [pairOf(10, 1), pairOf(10, 10), pairOf(100, 50)]);
  t.equal(result.ratio, 2);
  t.equal(result.ours, 10);
  t.equal(result.peer, 10);
  t.end();
});

t.test('an aim is reached, or missed and shown', t => {
  const runs = [pairOf(9, 10)];
  const reached = paired({ ...HEADING, aim: { atLeast: 0.9 } }, runs);
  const missed = plain({ ...HEADING, aim: { atMost: 5 } }, [4, 6, 8]);
  t.ok(isReached(reached));
  t.notOk(isReached(missed));
  t.equal(aimedAt(missed), 6);
  const [head = '', first = '', second = ''] = resultTable([reached, missed]).split('\n');
  t.match(head, /^figure +ours +peer +unit +result +spread +aim/);
  t.match(first, /^a_figure +9 +10 +packets\/s +0\.9 +0\.9–0\.9 +≥ 0\.9 reached +ours : theirs$/);
  t.match(second, /6 +4–8 +≤ 5 MISSED/);
  t.end();
});

t.test('figures are found by how their names begin', t => {
  t.strictSame(
    figuresNamed(['policy_1']).map(({ name }) => name),
    ['policy_100k_vs_none', 'policy_1k_vs_nft'],
  );
  t.strictSame(figuresNamed(['nothing']), []);
  for (const { name } of FIGURES) t.equal(figureNamed(name)?.name, name);
  t.end();
});

t.test('and by how the names of their results begin, of which no two are the same', t => {
  t.strictSame(
    figuresNamed(['tcp_overlay_vs_flannel_offload']).map(({ name }) => name),
    ['tcp_overlay_vs_native_offload'],
  );
  const names = FIGURES.flatMap(({ name, results = [name] }) => results);
  t.equal(new Set(names).size, names.length);
  t.end();
});

// Nodes whose source proves that an operator has deleted them, against those that are merely absent.
import t from 'tap';
import { VanishedNodes } from '../../../loader/sources/vanished-nodes.ts';
import { node } from '../model/cluster.ts';

const ALL = new Map(['n1', 'n2', 'n3', 'n4'].map(name => [name, node(name)]));

function kept(deleted: readonly string[], present: readonly string[]): readonly string[] {
  const vanished = new VanishedNodes({
    ...{ nodeName: 'n1', ownMs: 60_000, othersMs: 60_000 },
    isDeleted: name => deleted.includes(name),
  });
  vanished.keep(ALL);
  return [...vanished.keep(new Map([...ALL].filter(([name]) => present.includes(name)))).keys()].sort();
}

for (const [title, deleted, present, expected] of [
  ['one that was deleted goes at once', ['n2'], ['n1', 'n3', 'n4'], ['n1', 'n3', 'n4']],
  ['one that is absent stays', [], ['n1', 'n3', 'n4'], ['n1', 'n2', 'n3', 'n4']],
  ['several at once stay, whatever the source says', ['n2', 'n3'], ['n1', 'n4'], ['n1', 'n2', 'n3', 'n4']],
  ['this node stays: it runs', ['n1'], ['n2', 'n3', 'n4'], ['n1', 'n2', 'n3', 'n4']],
] as const)
  t.test(title, t => {
    t.strictSame(kept(deleted, present), expected);
    t.end();
  });

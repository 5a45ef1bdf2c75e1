// Numbers of nodes across a restart of the daemon. Kind: what is known by one mark is lost with it. Examples: this node's addresses
// changed while the daemon was away, it has none yet, another node has the former one.
import { parseAddr } from 'ip';
import t from 'tap';
import { NodeIds } from '../../../loader/reconcilers/node-ids.ts';
import { node } from '../model/cluster.ts';

const FORMER = {
  byAddress: new Map([
    [parseAddr('192.0.2.1'), 1],
    [parseAddr('192.0.2.2'), 2],
  ]),
  own: 1,
};

const at = (name: string, ...internal: string[]) => node(name, { internal });

for (const [title, self, other] of [
  ['its addresses are others', at('self', '192.0.2.7'), at('other', '192.0.2.2')],
  ['it has no address yet', at('self'), at('other', '192.0.2.2')],
  ['another node has its former address', at('self', '192.0.2.7'), at('other', '192.0.2.1', '192.0.2.2')],
] as const)
  t.test(`this node keeps its number where ${title}`, t => {
    const ids = new NodeIds(() => FORMER).of(new Map([[other.name, other]]), self);
    t.strictSame(Object.fromEntries(ids), { self: 1, other: 2 });
    t.end();
  });

t.test('without pins it is numbered as all are', t => {
  const ids = new NodeIds(() => ({ byAddress: new Map(), own: undefined })).of(new Map(), at('self'));
  t.strictSame(Object.fromEntries(ids), { self: 1 });
  t.end();
});

t.test('a node that its source had lost has its number again when it is back, and no other has had it', t => {
  const ids = new NodeIds(() => FORMER);
  const self = at('self', '192.0.2.1');
  ids.of(new Map(), self);
  const late = at('late', '192.0.2.3');
  t.strictSame(Object.fromEntries(ids.of(new Map([['late', late]]), self)), { self: 1, late: 3 });
  const other = at('other', '192.0.2.2');
  const all = new Map([
    ['late', late],
    ['other', other],
  ]);
  t.strictSame(Object.fromEntries(ids.of(all, self)), { self: 1, late: 3, other: 2 });
  t.end();
});

// Changes of nftables that start an nft process, and those of other software that do not.
import t from 'tap';
import type { NftablesChange } from 'rtnetlink';
import { relevantNftables } from '../../../loader/reconcilers/relevant-nftables.ts';

const STATE = { ownTable: 'heddle', forwardChains: new Set(['ip filter FORWARD']) };

function change(texts: Partial<NftablesChange>): NftablesChange {
  return { kind: 'rule', family: 'ip', table: 'kube-proxy', chain: undefined, isBase: false, ...texts };
}

const rows: readonly [string, Partial<NftablesChange>, string | undefined][] = [
  ['a rule of the table that masquerades', { family: 'inet', table: 'heddle', chain: 'x' }, 'nftables-own'],
  ['an element of its sets', { kind: 'other', family: 'inet', table: 'heddle' }, 'nftables-own'],
  ['a table of its name in another family', { table: 'heddle', chain: 'x' }, undefined],
  ['a table', { kind: 'table' }, 'nftables-forward'],
  ['a chain at a hook', { kind: 'chain', chain: 'x', isBase: true }, 'nftables-forward'],
  ['a chain at no hook', { kind: 'chain', chain: 'service-x' }, undefined],
  [
    'a chain that is looked at, deleted: the kernel does not tell its hook',
    { kind: 'chain', table: 'filter', chain: 'FORWARD' },
    'nftables-forward',
  ],
  ['a rule in a chain that is looked at', { table: 'filter', chain: 'FORWARD' }, 'nftables-forward'],
  ['a rule in the chain of another table', { table: 'nat', chain: 'FORWARD' }, undefined],
  ['a rule in the chain of another family', { family: 'ip6', table: 'filter', chain: 'FORWARD' }, undefined],
  ["a service's rule", { chain: 'service-x' }, undefined],
  ["a service's element", { kind: 'other' }, undefined],
];

for (const [what, texts, expected] of rows)
  t.test(what, t => {
    t.equal(relevantNftables(change(texts), STATE), expected);
    t.end();
  });

t.test('before the chains are known every rule may be of one of them', t => {
  const state = { ...STATE, forwardChains: undefined };
  t.equal(relevantNftables(change({ chain: 'service-x' }), state), 'nftables-forward');
  t.equal(relevantNftables(change({ kind: 'other' }), state), undefined, 'elements are of none');
  t.end();
});

// The kernel is asked for netfilter's conntrack by a rule that nobody ever sees.
import t from 'tap';
import { loadConntrack } from '../../../loader/network/kernel-conntrack.ts';
import { createNft } from '../../../loader/network/nft.ts';
import { hasCtInsert } from '../../../loader/programs/program-constants.ts';
import { run, scratchNode } from './scratch-node.ts';

t.test('it is there afterwards, and no rule is', async t => {
  const node = scratchNode(t);
  const before = run(node, 'nft', 'list', 'ruleset');
  await loadConntrack(createNft(node.path));
  t.equal(run(node, 'nft', 'list', 'ruleset'), before);
  t.ok(hasCtInsert(), 'programs can call it');
});

t.test('without a namespace to ask in, all stays as it is', async t => {
  await loadConntrack(createNft('/run/netns/there-is-none'));
  t.pass('nothing is thrown: what is missing, the reconciler of programs says');
});

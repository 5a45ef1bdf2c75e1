// Ours is first on its devices, and other people's programs stay.
import t from 'tap';
import { attached, linkIdsOn, loadForeign, makeTestNode } from './test-node.ts';

const node = makeTestNode('order', undo => t.teardown(undo));
using foreign = loadForeign('uplink_rx');
const program = foreign.program('uplink_rx');
const opened = node.open();
t.teardown(() => opened[Symbol.dispose]());
const target = { ifindex: node.pod.ifindex, direction: 'ingress' } as const;

t.test('we go before a program that was there first', t => {
  using link = program.attachTcx(target);
  opened.reconcileLinks(node.links);
  const ours = attached(opened).get('pod_tx hd0.1')?.linkId;
  t.strictSame(linkIdsOn(node.pod, 'ingress'), [ours, link.id]);
  link.detach();
  t.end();
});

t.test('we go back before a program that went before us', t => {
  opened.reconcileLinks(node.links);
  const programId = attached(opened).get('pod_tx hd0.1')?.programId;
  using link = program.attachTcx({ ...target, first: true });
  const changes = opened.reconcileLinks(node.links);
  t.strictSame(changes, [
    { subject: 'pod_tx on hd0.1', action: 'moved before the programs of other software' },
  ]);
  const ours = attached(opened).get('pod_tx hd0.1');
  t.strictSame(linkIdsOn(node.pod, 'ingress'), [ours?.linkId, link.id]);
  t.equal(ours?.programId, programId, 'with the program that we had');
  t.strictSame(opened.reconcileLinks(node.links), []);
  link.detach();
  t.end();
});

t.test('a foreign program survives all that we do, our removal too', t => {
  using link = program.attachTcx(target);
  node.run({ constants: { ...node.constants, tunnelTtl: 9 } });
  opened.reconcileLinks([]);
  t.strictSame(linkIdsOn(node.pod, 'ingress'), [link.id]);
  link.detach();
  t.end();
});

// Cleaning up: nothing of ours remains, at once; nothing of others is touched.
import { existsSync } from 'node:fs';
import { programIds } from 'libbpf-ts';
import t from 'tap';
import { removeAllPins } from '../../../loader/programs/cleanup.ts';
import { linkIdsOn, loadForeign, makeTestNode } from './test-node.ts';
import { until } from '../../support/until.ts';

const node = makeTestNode('cleanup', undo => t.teardown(undo));

t.test('links, programs, maps and the pin root are gone when it returns', async t => {
  using foreign = loadForeign('uplink_rx');
  using link = foreign.program('uplink_rx').attachTcx({ ifindex: node.uplink.ifindex, direction: 'ingress' });
  node.run();
  const ours = ourProgramIds();
  t.ok(removeAllPins(node.pinRoot) > 20, 'seven maps, seven programs, seven links');
  t.notOk(existsSync(node.pinRoot));
  t.strictSame(linkIdsOn(node.pod, 'ingress'), []);
  t.strictSame(linkIdsOn(node.pod, 'egress'), []);
  t.strictSame(linkIdsOn(node.uplink, 'ingress'), [link.id], 'the foreign program is where it was');
  t.ok(await areGone(ours), 'the kernel has freed our programs');
});

t.test('doing it again finds nothing', t => {
  t.equal(removeAllPins(node.pinRoot), 0);
  t.end();
});

t.test('a node that was cleaned up can start anew', t => {
  t.ok(node.run().includes('pod_tx on hd0.1 attached'));
  t.end();
});

function ourProgramIds(): number[] {
  using opened = node.open();
  return opened.status().programs.map(({ id }) => id);
}

/** The last reference of a program goes in a grace period of its own. */
function areGone(ids: readonly number[]): Promise<boolean> {
  return until(() => {
    const left = new Set(programIds());
    return !ids.some(id => left.has(id));
  });
}

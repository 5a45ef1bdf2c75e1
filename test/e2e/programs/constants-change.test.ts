// Other settings mean other programs, under the same links.
import t from 'tap';
import { isNetfilterHook } from '../../../loader/programs/hook.ts';
import type { DesiredLink } from '../../../loader/programs/desired-link.ts';
import { attached, makeTestNode } from './test-node.ts';

const node = makeTestNode('settings', undo => t.teardown(undo));
const onDevices = (links: readonly DesiredLink[]) => links.filter(({ hook }) => !isNetfilterHook(hook));

t.test('links are updated, not detached', t => {
  using before = node.open();
  before.reconcileLinks(node.links);
  const old = attached(before);
  using after = node.open({ constants: { ...node.constants, tunnelTtl: 32 } });
  const changes = after.reconcileLinks(node.links);
  t.equal(changes.filter(({ action }) => action.startsWith('updated')).length, onDevices(node.links).length);
  for (const [place, { linkId, programId }] of attached(after)) {
    t.not(programId, old.get(place)?.programId, `${place} runs another program`);
    if (!/^(forward|input|postrouting)/.test(place))
      t.equal(linkId, old.get(place)?.linkId, `${place} has the same link`);
  }
  t.strictSame(after.maps.hd_ct.info.id, before.maps.hd_ct.info.id, 'over the same maps');
  t.end();
});

t.test('netfilter links, which the kernel cannot update, are replaced by one in another place', t => {
  using opened = node.open({ constants: { ...node.constants, tunnelTtl: 16 } });
  const changes = opened.reconcileLinks(node.links);
  t.equal(changes.filter(({ action }) => action.startsWith('replaced')).length, 6);
  const { links } = opened.status();
  t.equal(links.filter(({ hook }) => hook === 'forward').length, 2, 'one each family remains');
  t.end();
});

t.test('back at the first settings, programs are loaded anew and adopted from then on', t => {
  t.ok(node.run().some(change => change.includes('updated')));
  t.strictSame(node.run(), []);
  t.end();
});

// A link is ours by kind, name and alias together, never by one of them.
import t from 'tap';
import { isOurLink } from '../../../loader/network/cleanup.ts';
import { DEFAULT_NAMES } from '../../../loader/network/names.ts';
import { link } from './kernel-state.ts';

for (const [name, given, wanted] of [
  ["a pod's interface", { kind: 'veth', name: 'hd0123456789a', alias: 'heddle:c1/eth0' }, true],
  ['the overlay device', { kind: 'vxlan', name: 'heddle0', alias: 'heddle:overlay' }, true],
  ['the overlay device without vxlan', { kind: 'veth', name: 'heddle0', alias: 'heddle:overlay' }, true],
  ['a veth of its name', { kind: 'veth', name: 'heddle0', alias: undefined }, false],
  ['a veth of our name without our alias', { kind: 'veth', name: 'hd0123456789a' }, false],
  ['a veth with our alias and another name', { kind: 'veth', name: 'veth0', alias: 'heddle:x' }, false],
  ['hardware with our name and alias', { kind: undefined, name: 'hd0', alias: 'heddle:x' }, false],
  ['a VXLAN device of another name', { kind: 'vxlan', name: 'flannel.1', alias: 'heddle:overlay' }, false],
  ['an alias that only begins like ours', { kind: 'veth', name: 'hd1', alias: 'heddlework:x' }, false],
] as const) {
  t.test(`${name} is ${wanted ? 'ours' : 'not ours'}`, t => {
    t.equal(isOurLink(link(given), { names: DEFAULT_NAMES, pinned: new Set() }), wanted);
    t.end();
  });
}

t.test('an install with names of its own finds its own', t => {
  const names = { ...DEFAULT_NAMES, overlayDevice: 'ov7', mark: 'lab7' };
  const own = { names, pinned: new Set<number>() };
  t.ok(isOurLink(link({ kind: 'vxlan', name: 'ov7', alias: 'lab7:overlay' }), own));
  t.notOk(isOurLink(link({ kind: 'vxlan', name: 'heddle0', alias: 'heddle:overlay' }), own));
  t.end();
});

t.test("a renamed device with Heddle's programs is ours by its alias, whoever renamed it", t => {
  const own = { names: DEFAULT_NAMES, pinned: new Set([7]) };
  t.ok(isOurLink(link({ index: 7, kind: 'veth', name: 'veth77', alias: 'heddle:pod shop/web' }), own));
  t.notOk(
    isOurLink(link({ index: 7, kind: 'veth', name: 'veth77', alias: undefined }), own),
    'the uplink has some, too',
  );
  t.notOk(isOurLink(link({ index: 8, kind: 'veth', name: 'veth77', alias: 'heddle:pod shop/web' }), own));
  t.end();
});

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
    t.equal(isOurLink(link(given), DEFAULT_NAMES), wanted);
    t.end();
  });
}

t.test('an install with names of its own finds its own', t => {
  const names = { ...DEFAULT_NAMES, overlayDevice: 'ov7', mark: 'lab7' };
  t.ok(isOurLink(link({ kind: 'vxlan', name: 'ov7', alias: 'lab7:overlay' }), names));
  t.notOk(isOurLink(link({ kind: 'vxlan', name: 'heddle0', alias: 'heddle:overlay' }), names));
  t.end();
});

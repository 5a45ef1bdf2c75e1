// XDP on the uplink: as asked for, and never in anybody's way.
import type { XdpMode } from '../../../loader/programs/desired-link.ts';
import t from 'tap';
import { listPinnedLinks } from '../../../loader/programs/pinned-links.ts';
import { ip, loadForeign, makeTestNode } from './test-node.ts';

const node = makeTestNode('xdp', undo => t.teardown(undo));
const opened = node.open();
t.teardown(() => opened[Symbol.dispose]());

const actions = (mode: XdpMode | 'off', deviceKind = 'veth', open = opened) =>
  open
    .reconcileLinks([
      ...node.links,
      ...(mode === 'off' ? [] : [{ hook: 'uplink_xdp', device: node.uplink, mode, deviceKind } as const]),
    ])
    .map(({ subject, action }) => `${subject} ${action}`);
const xdpOf = (): string => /xdp\w*/.exec(ip('link', 'show', 'dev', node.uplink.name))?.[0] ?? 'off';
const pinnedModes = () => listPinnedLinks(node.pinRoot).flatMap(({ mode }) => mode ?? []);

t.test('auto leaves a veth alone', t => {
  actions('auto');
  t.equal(xdpOf(), 'off');
  t.strictSame(actions('auto'), []);
  t.end();
});

t.test('auto is native where the device is no veth', t => {
  t.strictSame(actions('auto', 'hardware'), ['uplink_xdp on up0 attached in native mode']);
  t.equal(xdpOf(), 'xdp');
  t.strictSame(actions('native'), [], 'and what is native already is not attached again');
  t.end();
});

t.test('another mode replaces the link', t => {
  t.strictSame(actions('off'), ['uplink_xdp on up0 detached']);
  t.strictSame(actions('generic'), ['uplink_xdp on up0 attached in generic mode']);
  t.equal(xdpOf(), 'xdpgeneric');
  t.strictSame(pinnedModes(), ['generic']);
  t.strictSame(actions('native'), ['uplink_xdp on up0 attached in native mode']);
  t.equal(xdpOf(), 'xdp');
  t.strictSame(pinnedModes(), ['native']);
  t.end();
});

t.test('a restart keeps it, other settings update it', t => {
  using same = node.open();
  t.strictSame(actions('native', 'veth', same), []);
  using other = node.open({ constants: { ...node.constants, tunnelTtl: 7 } });
  t.ok(actions('native', 'veth', other).some(change => /^uplink_xdp on up0 updated/.test(change)));
  t.equal(xdpOf(), 'xdp');
  t.end();
});

t.test('off takes it away', t => {
  t.ok(actions('off').includes('uplink_xdp on up0 detached'));
  t.equal(xdpOf(), 'off');
  t.end();
});

t.test("somebody else's XDP program stays; ours is told once as not attached, and the rest goes on", t => {
  using foreign = loadForeign('uplink_xdp');
  using link = foreign.program('uplink_xdp').attachXdp({ ifindex: node.uplink.ifindex, mode: 'generic' });
  using fresh = node.open();
  const [first, ...others] = actions('native', 'veth', fresh).filter(change =>
    change.startsWith('uplink_xdp'),
  );
  t.match(first, /^uplink_xdp on up0 not attached: /);
  t.strictSame(others, []);
  t.strictSame(actions('native', 'veth', fresh), []);
  t.ok(fresh.status().xdpRefusals.has(node.uplink.ifindex), 'the status says why');
  t.equal(xdpOf(), 'xdpgeneric');
  link.detach();
  t.ok(
    actions('native', 'veth', fresh).includes('uplink_xdp on up0 attached in native mode'),
    'it is tried again',
  );
  t.equal(fresh.status().xdpRefusals.size, 0);
  t.end();
});

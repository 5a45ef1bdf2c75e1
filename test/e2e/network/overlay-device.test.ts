// The overlay device is created, repaired or recreated, and not touched when it is equal.
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import { addAddress, createVeth, getLink, listAddresses, setLink } from 'rtnetlink';
import {
  setOverlayDeviceDown,
  type OverlayDevice,
  prepareOverlayDevice,
  setOverlayDeviceUp,
} from '../../../loader/network/overlay-device.ts';
import { linkOf, run, scratchNode, type ScratchNode } from './scratch-node.ts';

const wish: OverlayDevice = {
  name: 'heddle0',
  kind: 'vxlan',
  port: 4789,
  mac: parseMac('02:00:00:00:00:aa'),
  mtu: 1430,
  addresses: [parseAddr('10.1.0.0'), parseAddr('fd00:1::')],
};

/** Both steps; answers the sentences of what was done. */
function reconcile({ socket }: ScratchNode, desired: OverlayDevice = wish): string[] {
  const { changes } = prepareOverlayDevice(socket, desired);
  return [...changes, ...setOverlayDeviceUp(socket, desired).changes].map(
    ({ subject, action }) => `${subject}: ${action}`,
  );
}

t.test('a new device is down until it is raised, and then as desired', t => {
  const node = scratchNode(t);
  const { ifindex } = prepareOverlayDevice(node.socket, wish);
  t.match(getLink(node.socket, ifindex), { name: 'heddle0', up: false, kind: 'vxlan' });
  setOverlayDeviceUp(node.socket, wish);
  t.match(linkOf(node, 'heddle0'), {
    index: ifindex,
    up: true,
    mac: wish.mac,
    mtu: 1430,
    arp: false,
    gsoMaxSize: 65_485,
    alias: 'heddle:overlay',
    vxlan: { port: 4789, external: true, learning: false, udp6ZeroCsumRx: true, udp6ZeroCsumTx: true },
  });
  t.end();
});

t.test('it carries its addresses, usable at once, and no link-local one', t => {
  const node = scratchNode(t);
  reconcile(node);
  const found = listAddresses(node.socket, linkOf(node, 'heddle0').index);
  t.match(found, [
    { address: '10.1.0.0', prefixLength: 32 },
    { address: 'fd00:1::', prefixLength: 128, tentative: false },
  ]);
  t.equal(found.length, 2);
  t.end();
});

t.test('a second time nothing is changed', t => {
  const node = scratchNode(t);
  t.not(reconcile(node).length, 0);
  t.same(reconcile(node), []);
  t.end();
});

t.test('what can be mended is, without making the device anew', t => {
  const node = scratchNode(t);
  reconcile(node);
  const before = linkOf(node, 'heddle0').index;
  setLink(node.socket, 'heddle0', { mac: '02:00:00:00:00:bb', mtu: 1300, arp: true, alias: 'x' });
  addAddress(node.socket, { index: before, address: '10.7.0.1', prefixLength: 24 });
  run(node, 'ip', 'addr', 'delete', 'fd00:1::/128', 'dev', 'heddle0');
  t.same(reconcile(node), [
    'heddle0: MAC 02:00:00:00:00:bb became 02:00:00:00:00:aa',
    'heddle0: MTU 1300 became 1430',
    'heddle0: ARP was switched off',
    'heddle0: alias was set',
    'heddle0: address 10.7.0.1 removed',
    'heddle0: address fd00:1:: added',
  ]);
  t.equal(linkOf(node, 'heddle0').index, before);
  t.same(reconcile(node), []);
  t.end();
});

t.test('a device of ours of another kind, or with another port, is recreated', t => {
  const node = scratchNode(t);
  createVeth(node.socket, { name: 'heddle0', peer: { name: 'x' } });
  setLink(node.socket, 'heddle0', { alias: 'heddle:overlay' });
  t.equal(reconcile(node)[0], 'heddle0: recreated, because it was not a VXLAN device in external mode');
  t.equal(reconcile(node, { ...wish, port: 8472 })[0], 'heddle0: recreated, because its UDP port was 4789');
  t.equal(linkOf(node, 'heddle0').vxlan?.port, 8472);
  t.end();
});

t.test('an MTU below that of IPv6: the IPv4 address is set, the IPv6 one is a problem', t => {
  const node = scratchNode(t);
  const desired = { ...wish, mtu: 1250, addresses: [...wish.addresses].reverse() };
  prepareOverlayDevice(node.socket, desired);
  t.same(setOverlayDeviceUp(node.socket, desired).problems, [
    'heddle0 cannot have the address fd00:1::: its MTU of 1250 bytes is below the 1280 of IPv6, ' +
      'so the host reaches no pods of other nodes over IPv6: raise the MTU of the uplink by 30',
  ]);
  t.match(listAddresses(node.socket, linkOf(node, 'heddle0').index), [{ address: '10.1.0.0' }]);
  prepareOverlayDevice(node.socket, wish);
  t.same(setOverlayDeviceUp(node.socket, wish).problems, [], 'over with the MTU');
  t.end();
});

t.test('a device that somebody set down comes up again with its addresses', t => {
  const node = scratchNode(t);
  reconcile(node);
  t.same(setOverlayDeviceDown(node.socket, 'heddle0'), [{ subject: 'heddle0', action: 'set down' }]);
  t.same(setOverlayDeviceDown(node.socket, 'heddle0'), []);
  t.ok(reconcile(node).includes('heddle0: brought up'));
  t.equal(listAddresses(node.socket, linkOf(node, 'heddle0').index).length, 2);
  t.same(reconcile(node), []);
  t.end();
});

t.test(
  'without vxlan it is one end of a veth pair, up at both, silent, and changes with what it is made of',
  t => {
    const node = scratchNode(t);
    const pair = { ...wish, kind: 'veth' } as const;
    t.same(reconcile(node, pair), [
      'heddle0: created',
      'net/ipv6/conf/heddle0/addr_gen_mode: 0 became 1',
      'net/ipv6/conf/heddle0/accept_ra: 1 became 0',
      'net/ipv6/conf/heddle0p/disable_ipv6: 0 became 1',
      'heddle0: brought up',
      'heddle0: address 10.1.0.0 added',
      'heddle0: address fd00:1:: added',
    ]);
    const settings = { kind: 'veth', up: true, arp: false, mtu: 1430, alias: 'heddle:overlay' };
    t.match(linkOf(node, 'heddle0'), { ...settings, mac: wish.mac, gsoMaxSize: 65_485 });
    t.match(linkOf(node, 'heddle0p'), settings);
    t.equal(listAddresses(node.socket, linkOf(node, 'heddle0p').index).length, 0);
    t.same(reconcile(node, pair), []);
    t.equal(reconcile(node)[0], 'heddle0: recreated, because it was not a VXLAN device in external mode');
    t.equal(getLink(node.socket, 'heddle0p'), undefined);
    t.equal(reconcile(node, pair)[0], "heddle0: recreated, because it was not an end of Heddle's veth pair");
    t.end();
  },
);

// Kind: a device is changed for its name, not for whose it is. Examples: a bridge with an address, a NIC, another
// overlay's vxlan device, a veth end where the overlay is a pair.
for (const [what, create, kind] of [
  ['a bridge with an address', 'link add heddle0 type bridge', 'vxlan'],
  ['a NIC', 'link add heddle0 type veth peer name wire', 'vxlan'],
  ['a vxlan device of another overlay', 'link add heddle0 type vxlan id 7 dstport 8472', 'vxlan'],
  ['a veth end, where ours would be one', 'link add heddle0 type veth peer name wire', 'veth'],
] as const)
  t.test(`${what} has the name: it is refused, and left as it is`, t => {
    const node = scratchNode(t);
    run(node, 'ip', ...create.split(' '));
    run(node, 'ip', 'address', 'add', '172.20.0.1/24', 'dev', 'heddle0');
    const before = linkOf(node, 'heddle0');
    t.throws(() => prepareOverlayDevice(node.socket, { ...wish, kind }), {
      code: 'INTERFACE_EXISTS',
      message:
        "the device heddle0 exists already and is not Heddle's: set another overlayDevice, or rename that device",
    });
    t.same(setOverlayDeviceDown(node.socket, 'heddle0'), []);
    t.strictSame(linkOf(node, 'heddle0'), before);
    t.equal(listAddresses(node.socket, before.index).length, 1);
    t.end();
  });

t.test('an overlay device under another name is removed: renamed, or named anew by the configuration', t => {
  const node = scratchNode(t);
  reconcile(node);
  setLink(node.socket, 'heddle0', { up: false });
  setLink(node.socket, linkOf(node, 'heddle0').index, { name: 'foo' });
  t.same(reconcile(node).slice(0, 2), ['foo: removed: the overlay device is heddle0', 'heddle0: created']);
  t.ok(linkOf(node, 'heddle0').up);
  t.equal(getLink(node.socket, 'foo'), undefined);
  const pair = { ...wish, name: 'heddle1', kind: 'veth' } as const;
  t.same(reconcile(node, pair)[0], 'heddle0: removed: the overlay device is heddle1');
  t.match(reconcile(node)[0], /^heddle1p?: removed: the overlay device is heddle0$/);
  t.equal(getLink(node.socket, 'heddle1p'), undefined);
  t.same(reconcile(node), []);
  t.end();
});

// Other devices and programs that hold what the overlay device needs: each is named, with the way out.
import { createSocket } from 'node:dgram';
import { parseAddr, parseMac } from 'ip';
import t from 'tap';
import { createVxlan, getLink, openSocket, setLink } from 'rtnetlink';
import {
  type OverlayDevice,
  prepareOverlayDevice,
  setOverlayDeviceUp,
} from '../../../loader/network/overlay-device.ts';
import { run, scratchNode } from './scratch-node.ts';

const wish: OverlayDevice = {
  name: 'heddle0',
  kind: 'vxlan',
  port: 4789,
  mac: parseMac('02:00:00:00:00:aa'),
  mtu: 1430,
  addresses: [parseAddr('10.1.0.1'), parseAddr('fd00:1::1')],
};

t.test('a VXLAN device on our port that is down is a problem, and ours works', t => {
  const node = scratchNode(t);
  const problem =
    'the VXLAN device vx9 has UDP port 4789 too, and whichever is up first keeps the other down (now heddle0): ' +
    'remove it (ip link delete vx9) or set another tunnel.port on every node';
  createVxlan(node.socket, { name: 'vx9', vni: 9, port: 4789 });
  t.same(prepareOverlayDevice(node.socket, wish).problems, [problem], 'also where ours is made');
  setOverlayDeviceUp(node.socket, wish);
  setLink(node.socket, 'heddle0', { mtu: 1300 });
  t.match(prepareOverlayDevice(node.socket, wish), {
    problems: [problem],
    changes: [{ action: 'MTU 1300 became 1430' }],
  });
  t.throws(() => setLink(node.socket, 'vx9', { up: true }), { code: 'EADDRINUSE' });
  t.end();
});

for (const [name, wayOut] of [
  ['vx9', 'remove it (ip link delete vx9) or set another tunnel.port on every node'],
  [
    'flannel.1',
    "it is flannel's: drain the node, end flannel there, then 'heddlectl migrate remove-flannel'",
  ],
  [
    'flannel-v6.1',
    "it is flannel's: drain the node, end flannel there, then 'heddlectl migrate remove-flannel'",
  ],
  ['flannel.one', 'remove it (ip link delete flannel.one) or set another tunnel.port on every node'],
] as const)
  t.test(`a port that the VXLAN device ${name} has is refused with its name, and nothing is made`, t => {
    const node = scratchNode(t);
    createVxlan(node.socket, { name, vni: 1, port: 4789 });
    setLink(node.socket, name, { up: true });
    t.throws(() => prepareOverlayDevice(node.socket, wish), {
      code: 'PORT_TAKEN',
      message: `UDP port 4789 is taken by the VXLAN device ${name}: ${wayOut}`,
    });
    t.equal(getLink(node.socket, 'heddle0'), undefined);
    t.end();
  });

t.test("an address of ours that another device has, too, is a problem: flannel's bridge, or any other", t => {
  const node = scratchNode(t);
  const [first] = wish.addresses;
  if (first === undefined) throw new TypeError('the overlay has no address');
  run(node, 'ip', 'link', 'add', 'cni0', 'type', 'bridge');
  run(node, 'ip', 'address', 'add', `${first}/24`, 'dev', 'cni0');
  prepareOverlayDevice(node.socket, wish);
  t.same(setOverlayDeviceUp(node.socket, wish).problems, [
    `cni0 has the address ${first} of heddle0, too, and this node answers by either: it is the bridge of flannel's pods: ` +
      "drain the node, end flannel there, then 'heddlectl migrate remove-flannel'",
  ]);
  run(node, 'ip', 'link', 'set', 'cni0', 'name', 'br0');
  t.same(setOverlayDeviceUp(node.socket, wish).problems, [
    `br0 has the address ${first} of heddle0, too, and this node answers by either: ` +
      `remove it there (ip address delete ${first} dev br0)`,
  ]);
  run(node, 'ip', 'link', 'delete', 'br0');
  t.same(setOverlayDeviceUp(node.socket, wish).problems, []);
  t.end();
});

t.test('a port that a program has is refused with a way to find it', async t => {
  const taken = createSocket('udp4');
  await new Promise<void>(resolve => taken.bind(0, resolve));
  t.teardown(() => taken.close());
  const port = taken.address().port;
  using socket = openSocket();
  const desired = { ...wish, name: `hdvx${process.pid}`.slice(0, 15), port };
  t.teardown(() => lowerAndDelete(desired.name));
  prepareOverlayDevice(socket, desired);
  t.throws(() => setOverlayDeviceUp(socket, desired), {
    code: 'PORT_TAKEN',
    message: new RegExp(
      `^UDP port ${port} is taken by another program: find it \\(ss -lunp sport = :${port}\\)`,
    ),
  });
});

function lowerAndDelete(name: string): void {
  run({ path: '/proc/self/ns/net' }, 'ip', 'link', 'delete', name);
}

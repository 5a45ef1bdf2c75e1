// The uplink is found on real devices, with all that the daemon wants to know of it.
import { parseAddr } from 'ip';
import t from 'tap';
import { addRoute, replaceNeighbour, setLink } from 'rtnetlink';
import { readUplink } from '../../../loader/network/uplink.ts';
import { plugIn, scratchNode } from './scratch-node.ts';

const node1 = parseAddr('192.168.7.1');

t.test('an uplink is described: addresses, connected prefixes, MTU, MAC, kind', t => {
  const node = scratchNode(t);
  const link = plugIn(node, 'up0', ['192.168.7.1/24', 'fd07::1/64']);
  setLink(node.socket, 'up0', { mtu: 9000 });
  t.match(readUplink(node.socket, { nodeAddresses: [node1] }), {
    name: 'up0',
    ifindex: link.index,
    mtu: 9000,
    mac: '02:00:00:00:01:01',
    isVeth: true,
    isUp: true,
    addresses: ['192.168.7.1', 'fd07::1'],
    connected: ['192.168.7.0/24', 'fd07::/64'],
  });
  t.end();
});

t.test('routers towards other nodes are those that the kernel would take', t => {
  const node = scratchNode(t);
  const { index } = plugIn(node, 'up0', ['192.168.7.1/24', 'fd07::1/64']);
  plugIn(node, 'other0', ['192.168.8.1/24']);
  addRoute(node.socket, {
    destination: { address: '172.16.0.0', prefixLength: 12 },
    index,
    via: '192.168.7.254',
  });
  addRoute(node.socket, { destination: { address: 'fd08::', prefixLength: 64 }, index, via: 'fd07::ff' });
  const remotes = ['192.168.7.2', '172.16.0.2', 'fd08::2', '192.168.8.2', '203.0.113.1'].map(parseAddr);
  const { gateways } = readUplink(node.socket, { nodeAddresses: [node1], remotes });
  t.same(
    [...gateways],
    [
      ['172.16.0.2', '192.168.7.254'],
      ['fd08::2', 'fd07::ff'],
    ],
  );
  t.end();
});

t.test('neighbours are those whose MAC is known', t => {
  const node = scratchNode(t);
  const { index } = plugIn(node, 'up0', ['192.168.7.1/24']);
  const mac = '02:00:00:00:00:07';
  replaceNeighbour(node.socket, { index, address: '192.168.7.2', mac, state: 'stale' });
  replaceNeighbour(node.socket, { index, address: '192.168.7.3', mac, state: 'failed' });
  const { neighbours } = readUplink(node.socket, { nodeAddresses: [node1] });
  t.same([...neighbours], [['192.168.7.2', mac]]);
  t.end();
});

t.test('a machine without any is told what to configure', t => {
  const node = scratchNode(t);
  t.throws(() => readUplink(node.socket, { nodeAddresses: [node1] }), {
    code: 'INVALID_CONFIG',
    message:
      'no device has an address of this node or a default route: name the device of the underlay as uplink',
  });
  t.throws(() => readUplink(node.socket, { device: 'eth7', nodeAddresses: [] }), {
    code: 'INVALID_CONFIG',
    message: "no device is named 'eth7': uplink may be lo",
  });
  t.end();
});

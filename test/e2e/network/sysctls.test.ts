// Forwarding is switched on, and a node that lives by router advertisements keeps its routes.
import t from 'tap';
import { addRoute, PROTOCOL, readSysctl, setLink, writeSysctl } from 'rtnetlink';
import { forwardingSysctls, isForwarding, reconcileSysctls } from '../../../loader/network/sysctls.ts';
import { plugIn, scratchNode, type ScratchNode } from './scratch-node.ts';

function reconcile({ socket, path }: ScratchNode): string[] {
  return reconcileSysctls(forwardingSysctls(socket, ['uplink0']), path).map(
    ({ subject, action }) => `${subject} ${action}`,
  );
}

function withAdvertisedRoute(t: Parameters<typeof scratchNode>[0]): ScratchNode {
  const node = scratchNode(t);
  const { index } = plugIn(node, 'up0', ['fd07::1/64']);
  const destination = { address: '::', prefixLength: 0 };
  addRoute(node.socket, { destination, index, via: 'fd07::ff', protocol: PROTOCOL.routerAdvertisement });
  return node;
}

t.test('both families forward afterwards, and a second time nothing is changed', t => {
  const node = scratchNode(t);
  t.same(reconcile(node), [
    'net/ipv4/ip_forward 0 became 1',
    'net/ipv6/conf/all/forwarding 0 became 1',
    'net/ipv6/conf/default/forwarding 0 became 1',
  ]);
  t.same(reconcile(node), []);
  t.equal(readSysctl('net.ipv4.conf.all.forwarding', { netns: node.path }), '1');
  t.end();
});

// Kind: a setting of all devices that one device overrides. Examples: the uplink, the overlay device, a pod's device, and
// one of other software, which is left alone.
t.test('forwarding that is off for one device is on again, on devices that carry our traffic', t => {
  const node = scratchNode(t);
  for (const name of ['uplink0', 'heddle0', 'hd1', 'docker0']) plugIn(node, name, []);
  setLink(node.socket, 'heddle0', { alias: 'heddle:overlay' });
  setLink(node.socket, 'hd1', { alias: 'heddle:pod shop/web' });
  reconcile(node);
  for (const name of ['uplink0', 'heddle0', 'hd1', 'docker0'])
    writeSysctl(`net.ipv4.conf.${name}.forwarding`, 0, { netns: node.path });
  t.notOk(isForwarding(node.path, ['uplink0']));
  t.same(
    reconcile(node).sort(),
    ['hd1', 'heddle0', 'uplink0'].map(name => `net/ipv4/conf/${name}/forwarding 0 became 1`),
  );
  t.ok(isForwarding(node.path, ['uplink0', 'heddle0', 'hd1', 'gone0']));
  t.equal(readSysctl('net.ipv4.conf.docker0.forwarding', { netns: node.path }), '0');
  t.end();
});

t.test('a device with an advertised route accepts advertisements before the node forwards', t => {
  const node = withAdvertisedRoute(t);
  t.equal(reconcile(node)[0], 'net/ipv6/conf/up0/accept_ra 1 became 2');
  t.same(reconcile(node), []);
  t.end();
});

t.test('a device whose advertisements a program handles is left alone', t => {
  const node = withAdvertisedRoute(t);
  writeSysctl('net.ipv6.conf.up0.accept_ra', 0, { netns: node.path });
  reconcile(node);
  t.equal(readSysctl('net.ipv6.conf.up0.accept_ra', { netns: node.path }), '0');
  t.end();
});

t.test('a setting that does not exist is an error that names it, unless it is optional', t => {
  const { path } = scratchNode(t);
  const wish = { name: 'net/ipv4/no_such_thing', value: '1' };
  t.throws(() => reconcileSysctls([wish], path), {
    code: 'PERMISSION',
    message: /net\/ipv4\/no_such_thing must be 1/,
  });
  t.same(reconcileSysctls([{ ...wish, optional: true }], path), []);
  t.end();
});

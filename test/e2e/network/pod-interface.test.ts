// A pod's interface on real namespaces: plumbed, reachable, and gone without a trace when anything fails.
import { readdirSync } from 'node:fs';
import { parseAddr } from 'ip';
import t from 'tap';
import {
  addAddress,
  createVeth,
  deleteNetns,
  getLink,
  listLinks,
  listNeighbours,
  listRoutes,
  netnsPath,
  readSysctl,
  writeSysctl,
} from 'rtnetlink';
import { attachPod, detachPod } from '../../../loader/network/pod-interface.ts';
import { whenPodCanSend } from '../../../loader/network/pod-queue.ts';
import { linkOf, podIn, run, scratchNode } from './scratch-node.ts';

const nothing = () => undefined;

t.test('host and pod reach each other in both families', async t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  addAddress(node.socket, { index: 1, address: '10.1.0.0', prefixLength: 32 });
  addAddress(node.socket, { index: 1, address: 'fd00:1::', prefixLength: 128, noDad: true });
  await whenPodCanSend(node.socket, attachPod(node.socket, podIn(pod.path), nothing));
  for (const [from, to] of [
    [node, '10.1.0.5'],
    [node, 'fd00:1::5'],
    [pod, '10.1.0.0'],
    [pod, 'fd00:1::'],
  ] as const)
    t.match(run(from, 'ping', '-c5', '-i0.2', '-W2', to), / 5 received/);
});

t.test('both ends have their MACs, MTU and super-packet size, and know each other for ever', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const wish = podIn(pod.path);
  const links = attachPod(node.socket, wish, nothing);
  const common = {
    kind: 'veth',
    mtu: 1450,
    up: true,
    gsoMaxSize: 65_485,
    gsoIpv4MaxSize: 65_485,
    groMaxSize: 65_485,
  };
  t.match(getLink(node.socket, links.hostIfindex), {
    ...common,
    name: wish.hostInterface,
    mac: wish.gatewayMac,
    alias: 'heddle:c1/eth0',
  });
  t.match(getLink(pod.socket, links.podIfindex), { ...common, name: 'eth0', mac: wish.podMac });
  const known = listNeighbours(pod.socket, links.podIfindex).filter(entry => entry.state === 'permanent');
  t.same(
    new Set(known.map(entry => `${entry.address} ${entry.mac ?? ''}`)),
    new Set([`169.254.1.1 ${wish.gatewayMac}`, `fe80::1 ${wish.gatewayMac}`]),
  );
  t.end();
});

t.test("the host's end is down while its programs are attached", t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  let seen: boolean | undefined;
  attachPod(
    node.socket,
    podIn(pod.path),
    ({ hostIfindex }) => (seen = getLink(node.socket, hostIfindex)?.up),
  );
  t.equal(seen, false);
  t.equal(linkOf(node, podIn(pod.path).hostInterface).up, true);
  t.end();
});

t.test('an IPv4 pod has nothing of IPv6 given to it, and the other way round', t => {
  const node = scratchNode(t);
  const four = scratchNode(t);
  const six = scratchNode(t);
  attachPod(node.socket, podIn(four.path, { addresses: [parseAddr('10.1.0.5')] }), nothing);
  attachPod(
    node.socket,
    podIn(six.path, { hostInterface: 'hdb', addresses: [parseAddr('fd00:1::6')] }),
    nothing,
  );
  const defaults = (of: typeof four) =>
    listRoutes(of.socket).filter(route => route.destination.prefixLength === 0);
  t.match(defaults(four), [{ family: 'ipv4' }]);
  t.match(defaults(six), [{ family: 'ipv6' }]);
  t.equal(defaults(four).length + defaults(six).length, 2);
  t.end();
});

t.test('IPv6 works where the runtime, and the host, have it off by default', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  for (const { path: netns } of [node, pod]) {
    writeSysctl('net.ipv6.conf.all.disable_ipv6', 1, { netns });
    writeSysctl('net.ipv6.conf.default.disable_ipv6', 1, { netns });
  }
  attachPod(node.socket, podIn(pod.path), nothing);
  t.equal(readSysctl('net.ipv6.conf.eth0.disable_ipv6', { netns: pod.path }), '0');
  t.equal(readSysctl('net/ipv6/conf/hd0123456789a/disable_ipv6', { netns: node.path }), '0');
  t.match(listRoutes(node.socket, { family: 'ipv6', protocol: 104 }), [
    { destination: { address: 'fd00:1::5' } },
  ]);
  t.end();
});

t.test('detaching takes the interface and its routes, and twice does nothing', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const wish = podIn(pod.path);
  attachPod(node.socket, wish, nothing);
  t.equal(detachPod(node.socket, wish.hostInterface), true);
  t.equal(detachPod(node.socket, wish.hostInterface), false);
  t.same(listRoutes(node.socket, { protocol: 104 }), []);
  t.equal(getLink(pod.socket, 'eth0'), undefined);
  t.end();
});

t.test('a pod whose namespace is gone is detached all the same', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const wish = podIn(pod.path);
  attachPod(node.socket, wish, nothing);
  pod.socket[Symbol.dispose]();
  deleteNetns(pod.path.replace(/.*\//, ''));
  t.doesNotThrow(() => detachPod(node.socket, wish.hostInterface));
  t.equal(getLink(node.socket, wish.hostInterface), undefined);
  t.end();
});

t.test('a name that is used in the pod is refused, and nothing is left on the host', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  createVeth(pod.socket, { name: 'eth0', peer: { name: 'other' } });
  t.throws(() => attachPod(node.socket, podIn(pod.path), nothing), {
    code: 'INTERFACE_EXISTS',
    message: `${pod.path} has an interface eth0 already: choose another CNI_IFNAME or remove it`,
  });
  t.same(linkNames(node), ['lo']);
  t.end();
});

t.test('a name that is used on the host is refused, and what has it is left alone', t => {
  const node = scratchNode(t);
  const first = scratchNode(t);
  const second = scratchNode(t);
  attachPod(node.socket, podIn(first.path), nothing);
  t.throws(() => attachPod(node.socket, podIn(second.path), nothing), { code: 'INTERFACE_EXISTS' });
  t.ok(getLink(first.socket, 'eth0'));
  t.equal(getLink(second.socket, 'eth0'), undefined);
  t.end();
});

t.test('a namespace that is not there, or is none, is refused with a sentence', t => {
  const node = scratchNode(t);
  t.throws(() => attachPod(node.socket, podIn(netnsPath('hd-no-such-one')), nothing), {
    code: 'NETNS_MISSING',
    message: /hd-no-such-one does not exist/,
  });
  t.throws(() => attachPod(node.socket, podIn('/etc/hostname'), nothing), {
    code: 'NETNS_MISSING',
    message: '/etc/hostname is not a network namespace',
  });
  t.same(linkNames(node), ['lo']);
  t.end();
});

t.test("the host's own namespace is refused, and keeps its routes", t => {
  const node = scratchNode(t);
  t.throws(() => attachPod(node.socket, podIn(node.path), nothing), {
    code: 'INVALID_REQUEST',
    message: `${node.path} is the host's own network namespace, not a pod's`,
  });
  t.same(linkNames(node), ['lo']);
  t.same(listRoutes(node.socket), []);
  t.end();
});

t.test('whatever fails on the way leaves nothing behind, in the pod or on the host', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const refused = () => {
    throw new Error('no program today');
  };
  t.throws(() => attachPod(node.socket, podIn(pod.path), refused), { message: 'no program today' });
  const impossible = podIn(pod.path, { addresses: [parseAddr('10.1.0.5'), parseAddr('10.1.0.5')] });
  t.throws(() => attachPod(node.socket, impossible, nothing), { code: 'EEXIST' });
  t.throws(() => attachPod(node.socket, podIn(pod.path, { mtu: 70_000 }), nothing), { code: 'EINVAL' });
  t.same(linkNames(node), ['lo']);
  t.same(linkNames(pod), ['lo']);
  t.same(listRoutes(node.socket), []);
  t.end();
});

t.test('metacharacters of shells in names are only characters', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const wish = podIn(pod.path, { ifname: 'a$(x);|&', owner: '$(touch /tmp/never)\'"/;|&' });
  attachPod(node.socket, wish, nothing);
  t.ok(getLink(pod.socket, 'a$(x);|&'));
  t.equal(linkOf(node, wish.hostInterface).alias, `heddle:${wish.owner}`);
  t.end();
});

t.test('fifty pods come and go, and no fd stays open', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const before = readdirSync('/proc/self/fd').length;
  for (let i = 0; i < 50; i++) {
    attachPod(node.socket, podIn(pod.path), nothing);
    detachPod(node.socket, podIn(pod.path).hostInterface);
  }
  t.equal(readdirSync('/proc/self/fd').length, before);
  t.end();
});

function linkNames(of: { readonly socket: Parameters<typeof listLinks>[0] }): string[] {
  return listLinks(of.socket).map(link => link.name);
}

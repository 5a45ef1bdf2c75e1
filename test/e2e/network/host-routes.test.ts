// Our routes are made exactly as desired, and nobody else's is touched.
import { parseAddr, parseCidr, parseMac } from 'ip';
import t from 'tap';
import {
  addRoute,
  createVeth,
  deleteLink,
  listNeighbours,
  listRoutes,
  replaceNeighbour,
  setLink,
} from 'rtnetlink';
import type { HostRoute } from '../../../loader/model/table-rows.ts';
import { reconcileHostRoutes } from '../../../loader/network/host-routes.ts';
import { shadowedRoutes } from '../../../loader/network/shadowed-routes.ts';
import { podRoutes, reconcilePodNeighbours } from '../../../loader/network/pod-routes.ts';
import { linkOf, plugIn, run, scratchNode, type ScratchNode } from './scratch-node.ts';

const PROTOCOL = 104;

function reconcile(node: ScratchNode, desired: readonly HostRoute[]): string[] {
  const { changes, problems } = reconcileHostRoutes(node.socket, desired, PROTOCOL);
  return [...changes.map(({ subject, action }) => `${subject} ${action}`), ...problems];
}

function ours(node: ScratchNode): string[] {
  return listRoutes(node.socket, { protocol: PROTOCOL }).map(
    ({ destination, type, nextHops: [hop] }) =>
      `${destination.address}/${destination.prefixLength} ${type ?? ''} ${type === 'unicast' ? (hop?.via ?? hop?.index ?? '') : ''}`,
  );
}

const families = [
  { name: 'IPv4', remote: '10.2.0.0/24', own: '10.1.0.0/24', source: '10.1.0.0', via: '192.168.7.2' },
  { name: 'IPv6', remote: 'fd00:2::/64', own: 'fd00:1::/64', source: 'fd00:1::', via: 'fd07::2' },
] as const;

for (const family of families) {
  const [remote, own] = [parseCidr(family.remote), parseCidr(family.own)];
  const [source, via] = [parseAddr(family.source), parseAddr(family.via)];

  const prepare = (node: ScratchNode) => ({
    uplink: plugIn(node, 'up0', ['192.168.7.1/24', 'fd07::1/64']).index,
    overlay: plugIn(node, 'ov0', ['10.1.0.0/32', 'fd00:1::/128']).index,
  });

  t.test(
    `${family.name}: a prefix goes from overlay to direct to unreachable and away, one route at a time`,
    t => {
      const node = scratchNode(t);
      const { uplink, overlay } = prepare(node);
      const steps: [HostRoute[], RegExp][] = [
        [[{ destination: remote, ifindex: overlay, source, mtu: 1400 }], /added: by link/],
        [[{ destination: remote, ifindex: uplink, via, source }], /changed: by link \d+ via/],
        [[{ destination: remote }], /changed: unreachable/],
        [[{ destination: remote, ifindex: overlay, source, mtu: 1400 }], /changed: by link/],
        [[{ destination: remote, ifindex: overlay, source, mtu: 1300 }], /changed: by link/],
      ];
      for (const [desired, says] of steps) {
        t.match(reconcile(node, desired)[0], says);
        t.equal(ours(node).length, 1);
        t.same(reconcile(node, desired), [], 'a second time nothing is changed');
      }
      t.same(reconcile(node, []), [`route to ${remote} removed`]);
      t.same(ours(node), []);
      t.end();
    },
  );

  t.test(`${family.name}: a route keeps its source and MTU`, t => {
    const node = scratchNode(t);
    const { overlay } = prepare(node);
    reconcile(node, [{ destination: remote, ifindex: overlay, source, mtu: 1400 }]);
    t.match(listRoutes(node.socket, { protocol: PROTOCOL }), [{ source: family.source, mtu: 1400 }]);
    t.end();
  });

  t.test(`${family.name}: somebody else's route to the same prefix stays, and is spoken of`, t => {
    const node = scratchNode(t);
    const { uplink, overlay } = prepare(node);
    const destination = {
      address: remote.replace(/\/.*/, ''),
      prefixLength: family.name === 'IPv4' ? 24 : 64,
    };
    addRoute(node.socket, { destination, index: uplink, via });
    const desired = [{ destination: remote, ifindex: overlay, mtu: 1400 }, { destination: own }];
    const sentence = `the route to ${remote} exists already and is not Heddle's: where it is of the underlay, no pod CIDR may be its network: give the Node another one; else remove it (ip route delete ${remote})`;
    t.strictSame(reconcileHostRoutes(node.socket, desired, PROTOCOL).problems, [sentence]);
    t.equal(ours(node).length, 1, 'the other route is set all the same');
    reconcile(node, []);
    t.match(
      listRoutes(node.socket).filter(route => route.destination.address === destination.address),
      [{ protocol: 4, nextHops: [{ via }] }],
    );
    t.end();
  });
}

t.test("local pods' routes and neighbours follow them", t => {
  const node = scratchNode(t);
  createVeth(node.socket, { name: 'hd1', up: true, peer: { name: 'p1' } });
  setLink(node.socket, 'p1', { up: true });
  const ifindex = linkOf(node, 'hd1').index;
  const addresses = [parseAddr('10.1.0.5'), parseAddr('fd00:1::5')];
  const pod = { ifindex, mac: parseMac('02:00:00:00:00:05'), addresses };
  t.equal(reconcile(node, podRoutes(pod)).length, 2);
  t.equal(reconcilePodNeighbours(node.socket, [pod]).changes.length, 2);
  t.same(reconcile(node, podRoutes(pod)), []);
  t.same(reconcilePodNeighbours(node.socket, [pod]).changes, []);

  replaceNeighbour(node.socket, { index: ifindex, address: '10.1.0.5', mac: '02:00:00:00:00:66' });
  replaceNeighbour(node.socket, { index: ifindex, address: '10.1.0.77', mac: '02:00:00:00:00:66' });
  t.same(reconcilePodNeighbours(node.socket, [pod]).changes, [
    { subject: 'neighbour 10.1.0.77', action: `removed from link ${ifindex}` },
    { subject: 'neighbour 10.1.0.5', action: `set to 02:00:00:00:00:05 on link ${ifindex}` },
  ]);
  t.same(reconcilePodNeighbours(node.socket, [pod]).changes, []);
  deleteLink(node.socket, 'hd1');
  t.same(ours(node), []);
  t.same(
    listNeighbours(node.socket).filter(entry => entry.state === 'permanent'),
    [],
  );
  t.end();
});

// Kind: a route of ours is there and is not taken. Examples: IPv6 keeps one of a lower metric beside it; a longer prefix;
// a rule to another table; a blackhole.
for (const [what, command] of [
  ['a lower metric', 'ip -6 route add fd00:2::/64 dev other metric 10'],
  ['a longer prefix', 'ip route add 10.2.0.0/25 dev other'],
  ['a rule', 'ip route add 10.2.0.0/24 dev other table 77; ip rule add to 10.2.0.0/24 lookup 77'],
  ['a blackhole', 'ip route add blackhole 10.2.0.0/25'],
] as const)
  t.test(`${what} comes before our route: it is a problem until it is gone`, t => {
    const node = scratchNode(t);
    const { index } = plugIn(node, 'up0', ['192.168.7.1/24', 'fd07::1/64']);
    plugIn(node, 'other', ['192.168.8.1/24', 'fd08::1/64']);
    const desired = ['10.2.0.0/24', 'fd00:2::/64', '10.1.0.0/24']
      .map(text => parseCidr(text))
      .map((destination, i) => ({ destination, ...(i < 2 && { ifindex: index }) }));
    reconcile(node, desired);
    t.same(shadowedRoutes(node.socket, desired), []);
    for (const one of command.split('; ')) run(node, ...splitCommand(one));
    const destination = command.includes('-6') ? 'fd00:2::/64' : '10.2.0.0/24';
    const problems = shadowedRoutes(node.socket, desired);
    t.equal(problems.length, 1);
    t.match(problems[0], `this node's traffic to ${destination} `);
    for (const one of command.split('; ')) run(node, ...splitCommand(one.replace(' add ', ' delete ')));
    t.same(shadowedRoutes(node.socket, desired), []);
    t.end();
  });

// Kind: one row that the kernel refuses ends the others. Examples: a pod's device without IPv6 by sysctl, by its MTU; a
// device that is gone; an overlay device below IPv6's MTU (overlay-device.test.ts).
for (const [what, command] of [
  ['switched off', 'sysctl -q net.ipv6.conf.hd1.disable_ipv6=1'],
  ['ruled out by its MTU', 'ip link set hd1 mtu 1200'],
  ['gone with the device', 'ip link delete hd1'],
] as const)
  t.test(`IPv6 of one pod's device is ${what}: other entries are set, and it is a problem`, t => {
    const node = scratchNode(t);
    const pods = ['hd1', 'hd2'].map((name, i) => {
      createVeth(node.socket, { name, up: true, peer: { name: `p${i}` } });
      const addresses = [parseAddr(`10.1.0.${i}`), parseAddr(`fd00:1::${i === 0 ? '' : i}`)];
      return { ifindex: linkOf(node, name).index, name, mac: parseMac('02:00:00:00:00:05'), addresses };
    });
    run(node, ...splitCommand(command));
    const isGone = command.includes('delete');
    const { changes, problems } = reconcilePodNeighbours(node.socket, pods);
    t.equal(changes.length, isGone ? 2 : 3);
    t.equal(problems.length, isGone ? 2 : 1);
    t.match(problems.at(-1), /the host cannot reach the pod address fd00:1:: on hd1: /);
    if (!isGone) t.match(problems[0], /the device has no IPv6 \(sysctl -w net.ipv6.conf.hd1.disable_ipv6=0/);
    t.equal(
      listNeighbours(node.socket, pods[1]?.ifindex).filter(({ state }) => state === 'permanent').length,
      2,
    );
    t.end();
  });

function splitCommand(line: string): [string, ...string[]] {
  const [program = '', ...argv] = line.split(' ');
  return [program, ...argv];
}

// CHECK's look finds everything that is not as it was made, and nothing else.
import t from 'tap';
import { addAddress, createVeth, deleteLink, deleteNeighbour, deleteNetns, setLink } from 'rtnetlink';
import { checkPod } from '../../../loader/network/check-pod.ts';
import { attachPod } from '../../../loader/network/pod-interface.ts';
import { podIn, run, scratchNode, type ScratchNode } from './scratch-node.ts';

interface Case {
  readonly name: string;
  readonly spoil: (at: {
    node: ScratchNode;
    pod: ScratchNode;
    podIfindex: number;
    hostIfindex: number;
  }) => void;
  readonly says: RegExp;
}

const cases: Case[] = [
  {
    name: 'an address that is gone',
    spoil: ({ pod }) => run(pod, 'ip', 'addr', 'delete', '10.1.0.5/32', 'dev', 'eth0'),
    says: /^interface eth0 in .* lacks the address 10\.1\.0\.5$/,
  },
  {
    name: 'another MTU in the pod',
    spoil: ({ pod, podIfindex }) => setLink(pod.socket, podIfindex, { mtu: 1400 }),
    says: /^interface eth0 in .* has the MTU 1400 instead of 1450$/,
  },
  {
    name: 'another MAC in the pod',
    spoil: ({ pod, podIfindex }) => setLink(pod.socket, podIfindex, { mac: '02:00:00:00:00:99' }),
    says: /has the MAC 02:00:00:00:00:99 instead of 02:00:00:00:00:05$/,
  },
  {
    name: 'a default route that is gone',
    spoil: ({ pod }) => run(pod, 'ip', '-6', 'route', 'delete', 'default'),
    says: /has no default route via fe80::1$/,
  },
  {
    name: 'a gateway that the pod does not know',
    spoil: ({ pod, podIfindex }) =>
      deleteNeighbour(pod.socket, { index: podIfindex, address: '169.254.1.1' }),
    says: /has no neighbour entry 169\.254\.1\.1 with 02:00:00:00:00:fe$/,
  },
  {
    name: "the host's end down",
    spoil: ({ node, hostIfindex }) => setLink(node.socket, hostIfindex, { up: false }),
    says: /^interface hd0123456789a on the host is down$/,
  },
  {
    name: "a host's route that is gone",
    spoil: ({ node }) => run(node, 'ip', 'route', 'delete', '10.1.0.5'),
    says: /^the host has no route to 10\.1\.0\.5 by hd0123456789a$/,
  },
  {
    name: 'a pod that the host does not know',
    spoil: ({ node, hostIfindex }) =>
      deleteNeighbour(node.socket, { index: hostIfindex, address: 'fd00:1::5' }),
    says: /^the host has no neighbour entry fd00:1::5 with 02:00:00:00:00:05$/,
  },
  {
    name: 'interfaces that are gone',
    spoil: ({ node, hostIfindex }) => deleteLink(node.socket, hostIfindex),
    says: /^there is no interface hd0123456789a on the host$/,
  },
  {
    name: 'interfaces of the right names that are not one pair',
    spoil: ({ node, hostIfindex }) => {
      setLink(node.socket, hostIfindex, { up: false });
      setLink(node.socket, hostIfindex, { name: 'hd-away' });
      createVeth(node.socket, {
        name: 'hd0123456789a',
        mac: '02:00:00:00:00:fe',
        mtu: 1450,
        peer: { name: 'x' },
      });
    },
    says: /^hd0123456789a is not the other end of eth0 in /,
  },
];

for (const { name, spoil, says } of cases) {
  t.test(`${name}: said in a sentence`, t => {
    const node = scratchNode(t);
    const pod = scratchNode(t);
    const links = attachPod(node.socket, podIn(pod.path), () => undefined);
    t.same(checkPod(node.socket, podIn(pod.path)), [], 'all is well before');
    spoil({ node, pod, ...links });
    const found = checkPod(node.socket, podIn(pod.path));
    t.ok(
      found.some(sentence => says.test(sentence)),
      found.join('; '),
    );
    t.end();
  });
}

// Kind: what CNI leaves to another network is taken for a difference. Examples: a network that came first, one that took the
// default route over later (multus's default-route), one of IPv6 alone, one that has it with another metric beside ours.
const net1 = (pod: ScratchNode): void => {
  run(pod, 'ip', 'link', 'add', 'net1', 'type', 'veth', 'peer', 'name', 'net1-far');
  run(pod, 'ip', 'link', 'set', 'net1-far', 'up');
  run(pod, 'ip', 'link', 'set', 'net1', 'up');
};
const byNet1 = (pod: ScratchNode, family: '-4' | '-6', ...more: string[]): string =>
  run(pod, 'ip', family, 'route', 'replace', 'default', 'dev', 'net1', ...more);

const OTHER_NETWORKS: Readonly<
  Record<string, Partial<Record<'before' | 'after', (pod: ScratchNode) => void>>>
> = {
  'that came first': { before: pod => byNet1(pod, '-4') },
  'that took it over': {
    after: pod => {
      run(pod, 'ip', '-4', 'route', 'delete', 'default');
      byNet1(pod, '-4');
    },
  },
  'of IPv6 alone': {
    after: pod => {
      run(pod, 'ip', '-6', 'route', 'delete', 'default');
      byNet1(pod, '-6');
    },
  },
  'beside ours': { after: pod => byNet1(pod, '-4', 'metric', '50') },
};

for (const [title, { before, after }] of Object.entries(OTHER_NETWORKS))
  t.test(`the default route of another network ${title} is no difference; none at all is one`, t => {
    const node = scratchNode(t);
    const pod = scratchNode(t);
    net1(pod);
    before?.(pod);
    attachPod(node.socket, podIn(pod.path), () => undefined);
    after?.(pod);
    t.same(checkPod(node.socket, podIn(pod.path)), []);
    for (const family of ['-4', '-6']) run(pod, 'ip', family, 'route', 'flush', 'exact', 'default');
    t.equal(checkPod(node.socket, podIn(pod.path)).filter(one => /no default route/.test(one)).length, 2);
    t.end();
  });

t.test('what a pod adds for itself is its own affair', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  const { podIfindex } = attachPod(node.socket, podIn(pod.path), () => undefined);
  addAddress(pod.socket, { index: podIfindex, address: '192.0.2.1', prefixLength: 32 });
  t.same(checkPod(node.socket, podIn(pod.path)), []);
  t.end();
});

t.test('a namespace that is gone is said in one sentence', t => {
  const node = scratchNode(t);
  const pod = scratchNode(t);
  attachPod(node.socket, podIn(pod.path), () => undefined);
  deleteNetns(pod.path.replace(/.*\//, ''));
  t.same(checkPod(node.socket, podIn(pod.path)), [`the network namespace ${pod.path} does not exist`]);
  t.end();
});

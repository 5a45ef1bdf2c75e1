// An address that is still in use is found by what uses it, whichever CNI, operator or daemon made that.
import { parseAddr } from 'ip';
import t from 'tap';
import { addressUse } from '../../../loader/network/address-use.ts';
import { plugIn, run, scratchNode } from './scratch-node.ts';

const CASES: readonly (readonly [
  title: string,
  addr: string,
  use: string | undefined,
  make: readonly string[],
])[] = [
  [
    'nothing, within the unreachable route of the node',
    '10.1.0.9',
    undefined,
    ['route add unreachable 10.1.0.0/24'],
  ],
  ['nothing, below a blackhole', '10.1.0.9', undefined, ['route add blackhole 10.1.0.0/24']],
  ['nothing, and a default route', '10.1.0.9', undefined, ['route add default via 192.168.7.2']],
  [
    "another CNI's route to one pod",
    '10.1.0.9',
    'the route to 10.1.0.9',
    ['route add 10.1.0.9 dev up0 proto 80'],
  ],
  ['a route to it by a router', 'fd00:1::9', 'the route to fd00:1::9', ['route add fd00:1::9 via fd07::2']],
  ['an address of the host', '10.1.0.9', 'the host itself', ['addr add 10.1.0.9/32 dev lo']],
  [
    "a bridge's pod that has answered",
    '10.1.0.9',
    'a neighbour on br0',
    [
      'link add br0 type bridge',
      'addr add 10.1.0.1/24 dev br0',
      'link set br0 up',
      'neigh add 10.1.0.9 lladdr 02:00:00:00:00:09 dev br0 nud stale',
    ],
  ],
  [
    'nobody on that bridge',
    '10.1.0.9',
    undefined,
    [
      'link add br0 type bridge',
      'addr add 10.1.0.1/24 dev br0',
      'link set br0 up',
      'neigh add 10.1.0.8 lladdr 02:00:00:00:00:08 dev br0 nud stale',
    ],
  ],
];

for (const [title, addr, use, make] of CASES)
  t.test(title, t => {
    const node = scratchNode(t);
    plugIn(node, 'up0', ['192.168.7.1/24', 'fd07::1/64']);
    for (const command of make) run(node, 'ip', ...command.split(' '));
    t.equal(addressUse(node.socket, parseAddr(addr)), use);
    t.end();
  });

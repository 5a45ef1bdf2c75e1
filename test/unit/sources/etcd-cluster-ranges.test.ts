// The pieces of a cluster's ranges: by their number, and by an address that is in them.
import { parseAddr, parseCidr } from 'ip';
import t from 'tap';
import { cidrsOfSlot, slotCount, slotOf } from '../../../loader/sources/etcd/cluster-ranges.ts';

const RANGES = [
  { cidr: parseCidr('10.244.0.0/16'), nodePrefix: 24 },
  { cidr: parseCidr('fd00:244::/48'), nodePrefix: 64 },
];

t.test('the piece of an address is the piece that it is in', t => {
  for (const slot of [0, 1, 7, 255])
    for (const cidr of cidrsOfSlot(RANGES, slot)) {
      const first = parseAddr(cidr.slice(0, cidr.indexOf('/')));
      t.equal(slotOf(RANGES, [first]), slot, cidr);
    }
  t.equal(slotOf(RANGES, [parseAddr('10.244.7.255')]), 7, 'its last address');
  t.equal(
    slotOf(RANGES, [parseAddr('192.0.2.1'), parseAddr('fd00:244:0:9::2')]),
    9,
    'the first that is in one',
  );
  t.end();
});

t.test('an address of no range, or of a piece that no node can have, has none', t => {
  t.equal(slotOf(RANGES, []), undefined);
  t.equal(slotOf(RANGES, [parseAddr('10.245.0.1')]), undefined);
  t.equal(slotCount(RANGES), 256);
  t.equal(slotOf(RANGES, [parseAddr('fd00:244:0:ffff::1')]), undefined, 'IPv4 has 256 pieces');
  t.end();
});

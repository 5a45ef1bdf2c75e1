// Whether an address is left, without allocating one.
import { type Addr, parseAddr, parseCidr } from 'ip';
import t from 'tap';
import {
  allocateAddresses,
  createAddressPool,
  freeAddress,
  setPoolCidrs,
} from '../../../loader/ipam/pool.ts';
import { exhaustedCidrs } from '../../../loader/ipam/pool-capacity.ts';
import { request } from './request.ts';

const IPV4 = parseCidr('10.1.0.0/30'); // one address: the network's, the node's and the broadcast address are not for pods
const nobody = (): boolean => false;

function poolOf(...cidrs: string[]) {
  const pool = createAddressPool();
  setPoolCidrs(pool, cidrs.map(parseCidr));
  return pool;
}

t.test('it is as allocation finds it', t => {
  const pool = poolOf(IPV4);
  t.strictSame(exhaustedCidrs(pool, nobody), []);
  const [addr] = allocateAddresses(pool, request('pod a'));
  t.strictSame(exhaustedCidrs(pool, nobody), [IPV4]);
  t.throws(() => allocateAddresses(pool, request('pod b')), { code: 'ADDRESS_EXHAUSTED' });
  if (addr !== undefined) freeAddress(pool, addr);
  t.strictSame(exhaustedCidrs(pool, nobody), []);
  t.end();
});

t.test('a pod needs an address of each family: one that has none left is enough', t => {
  const pool = poolOf(IPV4, 'fd00:1::/64');
  allocateAddresses(pool, request('pod a'));
  t.strictSame(exhaustedCidrs(pool, nobody), [IPV4]);
  setPoolCidrs(pool, [IPV4, '10.2.0.0/24', 'fd00:1::/64'].map(parseCidr));
  t.strictSame(exhaustedCidrs(pool, nobody), [], 'another prefix of the family has some');
  t.end();
});

t.test('an address that is reserved for a pod is left for no other', t => {
  const isReserved = (addr: Addr): boolean => addr === parseAddr('10.1.0.2');
  const pool = poolOf(IPV4);
  t.strictSame(exhaustedCidrs(pool, isReserved), [IPV4]);
  freeAddress(pool, parseAddr('10.1.0.2'));
  t.strictSame(exhaustedCidrs(pool, isReserved), [IPV4], 'nor once it was freed');
  t.strictSame(exhaustedCidrs(pool, nobody), []);
  t.end();
});

t.test('it asks without taking, and without walking through a large prefix', t => {
  const pool = poolOf('fd00:1::/64');
  for (let i = 0; i < 1_000; i++) t.strictSame(exhaustedCidrs(pool, nobody), []);
  t.strictSame(allocateAddresses(pool, request('pod a')), ['fd00:1::2']);
  t.end();
});

t.test('a node without prefixes has none to exhaust', t => {
  t.strictSame(exhaustedCidrs(poolOf(), nobody), []);
  t.end();
});

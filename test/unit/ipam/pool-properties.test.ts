import fc from 'fast-check';
import { type Addr, cidrContains, parseAddr, parseCidr } from 'ip';
import t from 'tap';
import {
  allocateAddresses,
  createAddressPool,
  endCooldown,
  freeAddress,
  setPoolCidrs,
} from '../../../loader/ipam/pool.ts';
import { request } from './request.ts';

const CIDRS = [parseCidr('10.1.0.0/28'), parseCidr('10.2.0.0/30'), parseCidr('fd00::/123')];
/** Usable ones but the node's own: 13 + 2. */
const IPV4_CAPACITY = 15;

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('allocate' as const) }) },
  fc.record({ do: fc.constant('request' as const), host: fc.nat(17) }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), index: fc.nat(20) }) },
  fc.record({ do: fc.constant('end-cooldown' as const), index: fc.nat(20) }),
);

t.test('after any sequence of operations no address is allocated twice, and none leaks', t => {
  const property = fc.property(fc.array(step, { maxLength: 80 }), steps => {
    const pool = createAddressPool();
    setPoolCidrs(pool, CIDRS);
    const allocated: (readonly Addr[])[] = [];
    const freed: Addr[] = [];
    for (const action of steps) {
      if (action.do === 'release') {
        for (const addr of allocated.splice(action.index, 1).flat()) {
          freeAddress(pool, addr);
          freed.push(addr);
        }
      } else if (action.do === 'end-cooldown') {
        for (const addr of freed.splice(action.index, 1))
          if (!allocated.flat().includes(addr)) endCooldown(pool, addr);
      } else {
        const requested = action.do === 'request' ? [`10.1.0.${action.host}`] : [];
        const isUsed = allocated.flat().some(addr => addr === requested[0]);
        const isFull = allocated.length === IPV4_CAPACITY;
        const isUsable = action.do === 'allocate' || (action.host >= 2 && action.host <= 14);
        try {
          const addresses = allocateAddresses(pool, request('pod', ...requested));
          if (isUsed || isFull || !isUsable) return false;
          allocated.push(addresses);
        } catch {
          if (!isUsed && !isFull && isUsable) return false;
        }
      }
      const all = allocated.flat();
      if (new Set(all).size !== all.length) return false;
      if (!all.every(addr => CIDRS.some(cidr => cidrContains(cidr, addr)))) return false;
    }
    return allocated.every(addresses => addresses.length === 2);
  });
  fc.assert(property, { numRuns: 500 });
  t.pass();
  t.end();
});

t.test('a prefix of any size is allocated completely', t => {
  fc.assert(
    fc.property(fc.integer({ min: 24, max: 30 }), bits => {
      const pool = createAddressPool();
      setPoolCidrs(pool, [parseCidr(`10.0.0.0/${bits}`)]);
      const capacity = 2 ** (32 - bits) - 3; // network, broadcast, the node's own
      for (let i = 0; i < capacity; i++) allocateAddresses(pool, request(`pod ${i}`));
      try {
        allocateAddresses(pool, request('late'));
        return false;
      } catch {
        return !pool.inUse.has(parseAddr('10.0.0.0')) && !pool.inUse.has(parseAddr('10.0.0.1'));
      }
    }),
  );
  t.pass();
  t.end();
});

import fc from 'fast-check';
import { type Addr, cidrContains, parseAddr, parseCidr } from 'ip';
import t from 'tap';
import {
  allocateAddresses,
  createAddressPool,
  forgetRested,
  releaseAddress,
  setPoolCidrs,
} from '../../../loader/ipam/pool.ts';
import { request } from './request.ts';

const CIDRS = [parseCidr('10.1.0.0/28'), parseCidr('10.2.0.0/30'), parseCidr('fd00::/123')];
/** Usable ones but the node's own: 13 + 2. */
const IPV4_CAPACITY = 15;

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('allocate' as const) }) },
  fc.record({ do: fc.constant('want' as const), host: fc.nat(17) }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), index: fc.nat(20) }) },
  fc.record({ do: fc.constant('forget' as const), index: fc.nat(20) }),
);

t.test('whatever happens, no address is given twice, and none is lost', t => {
  const property = fc.property(fc.array(step, { maxLength: 80 }), steps => {
    const pool = createAddressPool();
    setPoolCidrs(pool, CIDRS);
    const given: (readonly Addr[])[] = [];
    const rested: Addr[] = [];
    for (const action of steps) {
      if (action.do === 'release') {
        for (const addr of given.splice(action.index, 1).flat()) {
          releaseAddress(pool, addr);
          rested.push(addr);
        }
      } else if (action.do === 'forget') {
        for (const addr of rested.splice(action.index, 1))
          if (!given.flat().includes(addr)) forgetRested(pool, addr);
      } else {
        const wanted = action.do === 'want' ? [`10.1.0.${action.host}`] : [];
        const isUsed = given.flat().some(addr => addr === wanted[0]);
        const isFull = given.length === IPV4_CAPACITY;
        const isUsable = action.do === 'allocate' || (action.host >= 2 && action.host <= 14);
        try {
          const addresses = allocateAddresses(pool, request('pod', ...wanted));
          if (isUsed || isFull || !isUsable) return false;
          given.push(addresses);
        } catch {
          if (!isUsed && !isFull && isUsable) return false;
        }
      }
      const all = given.flat();
      if (new Set(all).size !== all.length) return false;
      if (!all.every(addr => CIDRS.some(cidr => cidrContains(cidr, addr)))) return false;
    }
    return given.every(addresses => addresses.length === 2);
  });
  fc.assert(property, { numRuns: 500 });
  t.pass();
  t.end();
});

t.test('as many as a prefix has are given, whatever its size', t => {
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

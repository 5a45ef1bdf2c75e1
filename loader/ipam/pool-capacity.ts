// Whether the pool has an address left for a pod that asks for none by value.
import { type Addr, addrFromNumber, type Cidr, isIpv4Cidr } from 'ip';
import type { AddressPool, PoolRange } from './address-pool.ts';
import { rangeContains } from './address-range.ts';

/** Prefixes of each family that has none left; a pod needs one of each. Changes nothing. */
export function exhaustedCidrs(pool: AddressPool, isReserved: (addr: Addr) => boolean): readonly Cidr[] {
  return [true, false].flatMap(isV4 => {
    const family = pool.ranges.filter(({ cidr }) => isIpv4Cidr(cidr) === isV4);
    const isFree = (addr: Addr): boolean => !isReserved(addr);
    const hasAddress =
      family.some(range => hasFresh(pool, range, isFree)) ||
      [...pool.reusable].some(addr => isFree(addr) && family.some(range => rangeContains(range, addr)));
    return hasAddress ? [] : family.map(({ cidr }) => cidr);
  });
}

function hasFresh(pool: AddressPool, range: PoolRange, isFree: (addr: Addr) => boolean): boolean {
  for (let value = range.next; value <= range.last; value++) {
    const addr = addrFromNumber(value);
    if (!pool.inUse.has(addr) && !pool.own.has(addr) && isFree(addr)) return true;
  }
  return false;
}

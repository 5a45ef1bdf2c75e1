// Allocates from the prefixes of the node, one address a family: unused addresses in ascending order, then freed ones, oldest first.
import { type Addr, addrFromNumber, type Cidr, isIpv4, isIpv4Cidr } from 'ip';
import { HeddleError } from '../errors.ts';
import { usableCidrs } from '../model/cidr-claims.ts';
import { overlayAddressesOf } from '../model/node-addresses.ts';
import type { AddressPool, AddressRequest, PoolRange } from './address-pool.ts';
import { rangeContains, usableRange } from './address-range.ts';
import { assertAllocatable } from './requested-addresses.ts';

/** A prefix with more addresses than this is not exhausted, so its freed addresses are not kept for reuse. */
const SMALL_RANGE = 1n << 20n;

export function createAddressPool(): AddressPool {
  return { cidrs: [], ranges: [], own: new Set(), inUse: new Map(), reusable: new Set() };
}

/** Replaces the prefixes that addresses are allocated from, as a Node names them. Addresses in use stay in use. */
export function setPoolCidrs(pool: AddressPool, named: readonly Cidr[]): void {
  const cidrs = usableCidrs(named);
  const known = new Map(pool.ranges.map(range => [range.cidr, range]));
  pool.cidrs = cidrs;
  pool.own = new Set(overlayAddressesOf(cidrs));
  pool.ranges = cidrs.map(cidr => known.get(cidr) ?? startOf(cidr));
}

/** One address for each family of the prefixes, IPv4 first. Allocates none when it throws `HeddleError`. */
export function allocateAddresses(pool: AddressPool, request: AddressRequest): readonly Addr[] {
  assertAllocatable(pool, request);
  const addresses = [true, false].flatMap(isV4 => {
    const requested = request.requested.find(addr => isIpv4(addr) === isV4);
    const family = pool.ranges.filter(range => isIpv4Cidr(range.cidr) === isV4);
    return requested ?? (family.length > 0 ? allocateFrom(pool, family, request) : []);
  });
  if (addresses.length === 0)
    throw new HeddleError('NOT_READY', 'this node has no pod CIDR yet: its Node object must name one');
  for (const addr of addresses) markInUse(pool, addr, request.owner);
  return addresses;
}

/** Records an address that an attachment has already. */
export function markInUse(pool: AddressPool, addr: Addr, owner: string): void {
  pool.reusable.delete(addr);
  pool.inUse.set(addr, owner);
}

/** The address is allocated again only when no unused one is left. */
export function freeAddress(pool: AddressPool, addr: Addr): void {
  pool.inUse.delete(addr);
  pool.reusable.delete(addr); // to the end of the order
  pool.reusable.add(addr);
}

/** Keeps the address for reuse only in a prefix that can be exhausted. */
export function endCooldown(pool: AddressPool, addr: Addr): void {
  const range = pool.ranges.find(candidate => rangeContains(candidate, addr));
  if (range === undefined || range.last - range.first > SMALL_RANGE) pool.reusable.delete(addr);
}

function allocateFrom(pool: AddressPool, family: readonly PoolRange[], request: AddressRequest): Addr {
  for (const range of family) {
    const fresh = nextFresh(pool, range, request);
    if (fresh !== undefined) return fresh;
  }
  for (const addr of pool.reusable)
    if (isAllocatable(request, addr) && family.some(range => rangeContains(range, addr))) return addr;
  throw new HeddleError(
    'ADDRESS_EXHAUSTED',
    `no address is left for ${request.owner} in ${family.map(range => range.cidr).join(', ')}: ` +
      'delete pods, or give the node another pod CIDR',
  );
}

/** Addresses that it skips become reusable: a reservation may end, and the allocation of the other family may fail. */
function nextFresh(pool: AddressPool, range: PoolRange, request: AddressRequest): Addr | undefined {
  while (range.next <= range.last) {
    const addr = addrFromNumber(range.next++);
    if (pool.inUse.has(addr) || pool.own.has(addr) || pool.reusable.has(addr)) continue;
    pool.reusable.add(addr);
    if (isAllocatable(request, addr)) return addr;
  }
  return undefined;
}

function isAllocatable({ owner, reservedFor, usedBy }: AddressRequest, addr: Addr): boolean {
  const reserved = reservedFor(addr);
  return (reserved === undefined || reserved === owner) && usedBy?.(addr) === undefined;
}

function startOf(cidr: Cidr): PoolRange {
  const range = usableRange(cidr);
  return { ...range, next: range.first };
}

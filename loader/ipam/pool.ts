// Which of the node's addresses are free: the next one first, freed ones last, one a family.
import { HeddleError } from '../errors.ts';
import { isIpv4, type Addr } from '../model/addr.ts';
import { isIpv4Cidr, type Cidr } from '../model/cidr.ts';
import { overlayAddressesOf } from '../model/node-addresses.ts';
import type { AddressPool, AddressRequest, PoolRange } from './address-pool.ts';
import { numberAddr, rangeContains, usableRange } from './address-range.ts';
import { assertGivable } from './wanted.ts';

/** A prefix with more addresses than this does not run out, so freed ones need not be remembered to be found again. */
const SMALL_RANGE = 1n << 20n;

export function createAddressPool(): AddressPool {
  return { cidrs: [], ranges: [], own: new Set(), inUse: new Map(), rested: new Set() };
}

/** What addresses come from; what was given before stays given. */
export function setPoolCidrs(pool: AddressPool, cidrs: readonly Cidr[]): void {
  const known = new Map(pool.ranges.map(range => [range.cidr, range]));
  pool.cidrs = cidrs;
  pool.own = new Set(overlayAddressesOf(cidrs));
  pool.ranges = cidrs.map(cidr => known.get(cidr) ?? startOf(cidr));
}

/** One address for each family of the prefixes, IPv4 first; all of them, or throws `HeddleError` and none. */
export function allocateAddresses(pool: AddressPool, request: AddressRequest): readonly Addr[] {
  assertGivable(pool, request);
  const addresses = [true, false].flatMap(isV4 => {
    const wanted = request.wanted.find(addr => isIpv4(addr) === isV4);
    const family = pool.ranges.filter(range => isIpv4Cidr(range.cidr) === isV4);
    return wanted ?? (family.length > 0 ? allocateFrom(pool, family, request) : []);
  });
  if (addresses.length === 0)
    throw new HeddleError('NOT_READY', 'this node has no pod CIDR yet: its Node object must name one');
  for (const addr of addresses) takeAddress(pool, addr, request.owner);
  return addresses;
}

/** Notes an address that is in use already. */
export function takeAddress(pool: AddressPool, addr: Addr, owner: string): void {
  pool.rested.delete(addr);
  pool.inUse.set(addr, owner);
}

/** The address begins to rest: it is given again only when no fresh one is left. */
export function releaseAddress(pool: AddressPool, addr: Addr): void {
  pool.inUse.delete(addr);
  pool.rested.delete(addr); // to the end of the order
  pool.rested.add(addr);
}

/** The address has rested long enough; it is remembered only where it may be needed again. */
export function forgetRested(pool: AddressPool, addr: Addr): void {
  const range = pool.ranges.find(candidate => rangeContains(candidate, addr));
  if (range === undefined || range.last - range.first > SMALL_RANGE) pool.rested.delete(addr);
}

function allocateFrom(pool: AddressPool, family: readonly PoolRange[], request: AddressRequest): Addr {
  for (const range of family) {
    const fresh = nextFresh(pool, range, request);
    if (fresh !== undefined) return fresh;
  }
  for (const addr of pool.rested)
    if (isOpenTo(request, addr) && family.some(range => rangeContains(range, addr))) return addr;
  throw new HeddleError(
    'ADDRESS_EXHAUSTED',
    `no address is left for ${request.owner} in ${family.map(range => range.cidr).join(', ')}: ` +
      'delete pods, or give the node another pod CIDR',
  );
}

/** What it passes over is noted as rested: a reservation may end, and a failure for the other family takes nothing. */
function nextFresh(pool: AddressPool, range: PoolRange, request: AddressRequest): Addr | undefined {
  while (range.next <= range.last) {
    const addr = numberAddr(range.next++);
    if (pool.inUse.has(addr) || pool.own.has(addr) || pool.rested.has(addr)) continue;
    pool.rested.add(addr);
    if (isOpenTo(request, addr)) return addr;
  }
  return undefined;
}

function isOpenTo({ owner, reservedFor }: AddressRequest, addr: Addr): boolean {
  const reserved = reservedFor(addr);
  return reserved === undefined || reserved === owner;
}

function startOf(cidr: Cidr): PoolRange {
  const range = usableRange(cidr);
  return { ...range, next: range.first };
}

// Checks addresses that are requested by value.
import { type Addr, cidrContains, isIpv4 } from 'ip';
import { HeddleError, type HeddleErrorCode } from '../errors.ts';
import { rangeContains } from './address-range.ts';
import type { AddressPool, AddressRequest } from './address-pool.ts';

interface Refusal {
  readonly code: HeddleErrorCode;
  readonly reason: string;
}

/** Throws `ADDRESS_IN_USE` or `INVALID_REQUEST` when one of the requested addresses cannot be allocated. */
export function assertAllocatable(pool: AddressPool, request: AddressRequest): void {
  const { owner, requested } = request;
  for (const isV4 of [true, false]) {
    const family = requested.filter(addr => isIpv4(addr) === isV4);
    if (family.length > 1)
      throw new HeddleError(
        'INVALID_REQUEST',
        `${owner} cannot have ${family.join(' and ')}: a pod has one address of each family`,
      );
  }
  for (const addr of requested) {
    const refusal = refusalOf(pool, request, addr);
    if (refusal !== undefined)
      throw new HeddleError(refusal.code, `${addr} cannot be allocated to ${owner}: ${refusal.reason}`);
  }
}

function refusalOf(
  pool: AddressPool,
  { owner, reservedFor, usedBy }: AddressRequest,
  addr: Addr,
): Refusal | undefined {
  const current = pool.inUse.get(addr) ?? usedBy?.(addr);
  const reserved = reservedFor(addr);
  if (!pool.cidrs.some(cidr => cidrContains(cidr, addr)))
    return invalid(`it is in none of this node's pod CIDRs (${pool.cidrs.join(', ') || 'there are none'})`);
  if (pool.own.has(addr)) return invalid("it is the node's own");
  if (!pool.ranges.some(range => rangeContains(range, addr)))
    return invalid('it is the network or broadcast address');
  if (current !== undefined) return inUse(`it is in use by ${current}`);
  if (reserved !== undefined && reserved !== owner) return inUse(`it is reserved for ${reserved}`);
  return undefined;
}

function invalid(reason: string): Refusal {
  return { code: 'INVALID_REQUEST', reason };
}

function inUse(reason: string): Refusal {
  return { code: 'ADDRESS_IN_USE', reason };
}

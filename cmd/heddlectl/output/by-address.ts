// Sorts by address.
import { type Addr, addrToBytes, isIpv4 } from 'ip';

/** IPv4 before IPv6, then by value; each address is converted once: there may be 100,000. */
export function byAddress<T>(items: Iterable<T>, addrOf: (item: T) => Addr): T[] {
  const keyed = Array.from(items, item => {
    const addr = addrOf(item);
    return { item, family: isIpv4(addr) ? 4 : 6, bytes: addrToBytes(addr) };
  });
  keyed.sort((a, b) => a.family - b.family || Buffer.compare(a.bytes, b.bytes));
  return keyed.map(({ item }) => item);
}

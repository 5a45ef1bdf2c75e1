// An address with a port, as RFC 3986 writes it.
import { isIpv6 } from './family.ts';

/** `10.0.0.1:80`, `[fd00::1]:80`. */
export function joinHostPort(address: string, port: number): string {
  return isIpv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

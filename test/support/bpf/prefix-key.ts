// A prefix as the LPM maps key it, behind the VNI.
import { isIpv6 } from '../packet/address.ts';

const IPV4_PREFIX_BITS = 96;
const VNI_BITS = 32;

export function prefixKey(prefix: string): { readonly prefixBits: number; readonly addr: string } {
  const [addr = '', bits = ''] = prefix.split('/');
  return { prefixBits: VNI_BITS + Number(bits) + (isIpv6(addr) ? 0 : IPV4_PREFIX_BITS), addr };
}

// The package's public door.
export {
  addrFromBytes,
  addrFromNumber,
  addrToBytes,
  addrToNumber,
  compareAddr,
  parseAddr,
  tryParseAddr,
  type Addr,
} from './addr.ts';
export { internetChecksum } from './checksum.ts';
export {
  cidrAddr,
  cidrContains,
  cidrOf,
  cidrPrefixBits,
  cidrPrefixLength,
  cidrRange,
  cidrsOverlap,
  hostCidr,
  isIpv4Cidr,
  mappedBits,
  parseCidr,
  type Cidr,
} from './cidr.ts';
export { ADDRESS_BITS, FAMILIES, familyOf, isIpv4, isIpv6, type Family } from './family.ts';
export { joinHostPort } from './host-port.ts';
export { inetNtop, inetPton } from './inet.ts';
export { macFromBytes, macToBytes, parseMac, type Mac } from './mac.ts';
export { anyPrefix, cidrOfPrefix, hostPrefix, prefixOf, type Prefix } from './prefix.ts';
export { parseAddrSloppy, parseCidrSloppy } from './sloppy-address.ts';

// For loader/sources, until it imports the package itself.
export {
  cidrAddr,
  cidrContains,
  cidrOf,
  cidrPrefixBits,
  cidrPrefixLength,
  cidrsOverlap,
  hostCidr,
  isIpv4Cidr,
  parseCidr,
  type Cidr,
} from 'ip';

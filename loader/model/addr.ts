// For loader/sources, until it imports the package itself.
export { addrFromBytes, addrToBytes, compareAddr, isIpv4, parseAddr, tryParseAddr, type Addr } from 'ip';

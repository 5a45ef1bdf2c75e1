// For loader/sources, until it imports the package itself.
export { parseAddrSloppy, parseCidrSloppy } from 'ip';

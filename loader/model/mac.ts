// For loader/sources, until it imports the package itself.
export { macFromBytes, macToBytes, parseMac, type Mac } from 'ip';

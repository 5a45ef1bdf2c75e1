// The internet checksum against numbers that others have published.
import t from 'tap';
import { internetChecksum } from '../src/index.ts';

function bytes(hex: string): Uint8Array {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

t.test('the example of RFC 1071 section 3', t => {
  t.equal(internetChecksum(bytes('0001 f203 f4f5 f6f7')), ~0xddf2 & 0xffff);
  t.end();
});

t.test('an IPv4 header sums to its own checksum, and to zero with it', t => {
  t.equal(internetChecksum(bytes('4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7')), 0xb861);
  t.equal(internetChecksum(bytes('4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7')), 0);
  t.end();
});

t.test('an odd byte at the end is the high half of a word', t => {
  t.equal(internetChecksum(bytes('0102 03')), internetChecksum(bytes('0102 0300')));
  t.equal(internetChecksum(bytes('')), 0xffff);
  t.end();
});

t.test('carries of a whole jumbo packet are folded', t => {
  t.equal(internetChecksum(new Uint8Array(200_000).fill(0xff)), 0);
  t.end();
});

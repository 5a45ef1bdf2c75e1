import fc from 'fast-check';
import t from 'tap';
import { addrNumber, numberAddr, rangeContains, usableRange } from '../../../loader/ipam/address-range.ts';
import { addrFromBytes, parseAddr } from '../../../loader/model/addr.ts';
import { cidrContains, cidrOf, parseCidr } from '../../../loader/model/cidr.ts';

const addr = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => addrFromBytes(bytes));

function bounds(text: string): string[] {
  const range = usableRange(parseCidr(text));
  return [numberAddr(range.first), numberAddr(range.last)];
}

t.test('the usable addresses of a prefix', t => {
  t.strictSame(bounds('10.1.0.0/24'), ['10.1.0.1', '10.1.0.254']);
  t.strictSame(bounds('10.1.0.4/30'), ['10.1.0.5', '10.1.0.6']);
  t.strictSame(bounds('10.1.0.4/31'), ['10.1.0.4', '10.1.0.5']);
  t.strictSame(bounds('10.1.0.4/32'), ['10.1.0.4', '10.1.0.4']);
  t.strictSame(bounds('fd00::/64'), ['fd00::1', 'fd00::ffff:ffff:ffff:ffff']);
  t.strictSame(bounds('fd00::4/126'), ['fd00::5', 'fd00::7']);
  t.strictSame(bounds('fd00::4/127'), ['fd00::4', 'fd00::5']);
  t.strictSame(bounds('fd00::4/128'), ['fd00::4', 'fd00::4']);
  t.end();
});

t.test('an address is its number, and back', t => {
  t.equal(addrNumber(parseAddr('::1')), 1n);
  t.equal(addrNumber(parseAddr('0.0.0.1')), 0xffff_0000_0001n);
  fc.assert(fc.property(addr, value => numberAddr(addrNumber(value)) === value));
  t.pass();
  t.end();
});

t.test('everything usable is in its prefix', t => {
  fc.assert(
    fc.property(addr, fc.nat(128), fc.bigInt({ min: 0n, max: 1n << 128n }), (value, length, offset) => {
      const cidr = cidrOf(value, value.includes(':') ? length : length % 33);
      const range = usableRange(cidr);
      const inside = numberAddr(range.first + (offset % (range.last - range.first + 1n)));
      return cidrContains(cidr, inside) && rangeContains(range, inside);
    }),
  );
  t.notOk(rangeContains(usableRange(parseCidr('10.1.0.0/24')), parseAddr('10.1.0.255')));
  t.notOk(rangeContains(usableRange(parseCidr('::/0')), parseAddr('::')));
  t.end();
});

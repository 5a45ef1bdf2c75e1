import fc from 'fast-check';
import { addrFromBytes, addrFromNumber, cidrContains, cidrOf, parseAddr, parseCidr } from 'ip';
import t from 'tap';
import { rangeContains, usableRange } from '../../../loader/ipam/address-range.ts';

const addr = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => addrFromBytes(bytes));

function bounds(text: string): string[] {
  const range = usableRange(parseCidr(text));
  return [addrFromNumber(range.first), addrFromNumber(range.last)];
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

t.test('everything usable is in its prefix', t => {
  fc.assert(
    fc.property(addr, fc.nat(128), fc.bigInt({ min: 0n, max: 1n << 128n }), (value, length, offset) => {
      const cidr = cidrOf(value, value.includes(':') ? length : length % 33);
      const range = usableRange(cidr);
      const inside = addrFromNumber(range.first + (offset % (range.last - range.first + 1n)));
      return cidrContains(cidr, inside) && rangeContains(range, inside);
    }),
  );
  t.notOk(rangeContains(usableRange(parseCidr('10.1.0.0/24')), parseAddr('10.1.0.255')));
  t.notOk(rangeContains(usableRange(parseCidr('::/0')), parseAddr('::')));
  t.end();
});

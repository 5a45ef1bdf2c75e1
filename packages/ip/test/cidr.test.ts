import fc from 'fast-check';
import t from 'tap';
import {
  addrFromBytes,
  addrFromNumber,
  cidrAddr,
  cidrContains,
  cidrOf,
  cidrPrefixBits,
  cidrPrefixLength,
  cidrRange,
  cidrsOverlap,
  hostCidr,
  isIpv4Cidr,
  parseAddr,
  parseCidr,
} from '../src/index.ts';

const addr = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => addrFromBytes(bytes));
const cidr = fc.tuple(addr, fc.nat(128)).map(([a, bits]) => cidrOf(a, a.includes(':') ? bits : bits % 33));

t.test('a prefix is read, and taken apart', t => {
  const v4 = parseCidr('10.1.0.0/24');
  t.strictSame(
    [cidrAddr(v4), cidrPrefixLength(v4), cidrPrefixBits(v4), isIpv4Cidr(v4)],
    ['10.1.0.0', 24, 120, true],
  );
  const v6 = parseCidr('FD00:0:1::/48');
  t.strictSame([v6, cidrPrefixBits(v6), isIpv4Cidr(v6)], ['fd00:0:1::/48', 48, false]);
  t.equal(parseCidr('0.0.0.0/0'), '0.0.0.0/0');
  t.equal(hostCidr(parseAddr('10.1.0.5')), '10.1.0.5/32');
  t.equal(hostCidr(parseAddr('fd00::5')), 'fd00::5/128');
  t.end();
});

const wrong: readonly (readonly [text: string, sentence: string])[] = [
  ['10.1.0.0', "'10.1.0.0' is not a prefix of the form 10.1.0.0/24 or fd00::/64"],
  ['/24', "'/24' is not a prefix of the form 10.1.0.0/24 or fd00::/64"],
  ['10.1.0.0/', "'10.1.0.0/' is not a prefix of the form 10.1.0.0/24 or fd00::/64"],
  ['10.1.0.0/-1', "'10.1.0.0/-1' is not a prefix of the form 10.1.0.0/24 or fd00::/64"],
  ['10.1.0.0/1e1', "'10.1.0.0/1e1' is not a prefix of the form 10.1.0.0/24 or fd00::/64"],
  ['10.1.0.0/33', "'10.1.0.0/33' has more than 32 prefix bits"],
  ['fd00::/129', "'fd00::/129' has more than 128 prefix bits"],
  ['10.1.0.5/24', "'10.1.0.5/24' has host bits set: write 10.1.0.0/24"],
  ['fd00::1/64', "'fd00::1/64' has host bits set: write fd00::/64"],
];

for (const [text, sentence] of wrong)
  t.test(`${text} is refused with one sentence`, t => {
    t.throws(() => parseCidr(text), new RangeError(sentence));
    t.end();
  });

t.test('every prefix reads back as itself', t => {
  fc.assert(fc.property(cidr, value => parseCidr(value) === value));
  t.pass();
  t.end();
});

t.test('a prefix contains what it was made of', t => {
  fc.assert(
    fc.property(addr, fc.nat(128), (a, bits) =>
      cidrContains(cidrOf(a, a.includes(':') ? bits : bits % 33), a),
    ),
  );
  t.pass();
  t.end();
});

t.test('families do not contain each other', t => {
  t.notOk(cidrContains(parseCidr('::/0'), parseAddr('10.0.0.1')));
  t.notOk(cidrContains(parseCidr('0.0.0.0/0'), parseAddr('::1')));
  t.notOk(cidrsOverlap(parseCidr('::/0'), parseCidr('0.0.0.0/0')));
  t.end();
});

t.test('prefixes overlap where one contains the other, from either side', t => {
  t.ok(cidrsOverlap(parseCidr('10.0.0.0/8'), parseCidr('10.1.0.0/16')));
  t.ok(cidrsOverlap(parseCidr('10.1.0.0/16'), parseCidr('10.0.0.0/8')));
  t.notOk(cidrsOverlap(parseCidr('10.1.0.0/17'), parseCidr('10.1.128.0/17')));
  fc.assert(fc.property(cidr, cidr, (a, b) => cidrsOverlap(a, b) === cidrsOverlap(b, a)));
  t.end();
});

t.test('the first and the last address of a prefix', t => {
  const text = (value: string): string[] => {
    const { first, last } = cidrRange(parseCidr(value));
    return [addrFromNumber(first), addrFromNumber(last)];
  };
  t.strictSame(text('10.1.0.0/24'), ['10.1.0.0', '10.1.0.255']);
  t.strictSame(text('0.0.0.0/0'), ['0.0.0.0', '255.255.255.255']);
  t.strictSame(text('10.1.0.5/32'), ['10.1.0.5', '10.1.0.5']);
  t.strictSame(text('fd00::/64'), ['fd00::', 'fd00::ffff:ffff:ffff:ffff']);
  t.strictSame(text('::/0'), ['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']);
  t.end();
});

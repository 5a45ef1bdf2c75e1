import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import {
  addrFromBytes,
  addrFromNumber,
  addrToBytes,
  addrToNumber,
  compareAddr,
  isIpv4,
  parseAddr,
  tryParseAddr,
} from '../src/index.ts';

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

const canonical: readonly (readonly [text: string, canonical: string])[] = [
  ['10.0.0.1', '10.0.0.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:DB8::1', '2001:db8::1'],
  ['2001:0db8:0000:0000:0000:0000:0002:0001', '2001:db8::2:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'], // RFC 5952 section 4.2.2: one group alone is not shortened
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'], // section 4.2.3: the longest run
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'], // section 4.2.3: the first of two equals
  ['1:0:0:0:0:0:0:0', '1::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::ffff:a00:1', '10.0.0.1'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ['::10.0.0.1', '::a00:1'],
];

for (const [text, expected] of canonical)
  t.test(`${text} is written ${expected}`, t => {
    t.equal(parseAddr(text), expected);
    t.equal(addrFromBytes(addrToBytes(parseAddr(text))), expected);
    t.end();
  });

const wrong = [
  '',
  ' ',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '10.0.0.1/24',
  'fe80::1%eth0',
  ':::',
  '1::2::3',
  'host',
];
for (const text of [...wrong, '12345::', '1:2:3:4:5:6:7:8:9', '::ffff:10.0.0.256', '$(id)', '10.0.0.1\n'])
  t.test(`${JSON.stringify(text)} is no address`, t => {
    t.throws(() => parseAddr(text), new RangeError(`'${text}' is not an IP address`));
    t.equal(tryParseAddr(text), undefined);
    t.end();
  });

t.test('any 16 bytes are an address, and come back as they were', t => {
  fc.assert(fc.property(bytes, value => Buffer.compare(addrToBytes(addrFromBytes(value)), value) === 0));
  t.pass();
  t.end();
});

t.test('what is written is what Node itself calls an address, and is its own canonical text', t => {
  fc.assert(
    fc.property(bytes, value => {
      const addr = addrFromBytes(value);
      return (isIpv4(addr) || isIPv6(addr)) && parseAddr(addr) === addr;
    }),
  );
  fc.assert(fc.property(fc.ipV6(), text => parseAddr(parseAddr(text)) === parseAddr(text)));
  fc.assert(fc.property(fc.ipV4(), text => parseAddr(text) === text));
  t.pass();
  t.end();
});

t.test('bytes are read at an offset', t => {
  const buffer = new Uint8Array(20);
  buffer.set(addrToBytes(parseAddr('fd00::5')), 4);
  t.equal(addrFromBytes(buffer, 4), 'fd00::5');
  t.end();
});

t.test('addresses are in the order of their values, IPv4 first', t => {
  const sorted = ['fd00::', '10.0.0.10', '::1', '10.0.0.9'].map(parseAddr).sort(compareAddr);
  t.strictSame(sorted, ['10.0.0.9', '10.0.0.10', '::1', 'fd00::']);
  t.end();
});

t.test('50,000 conversions each way are cheap', t => {
  const before = process.cpuUsage();
  for (let i = 0; i < 25_000; i++)
    for (const text of [`10.${i & 255}.${i >> 8}.1`, `fd00:${(i & 0xfff).toString(16)}::${i >> 12}:1`])
      addrFromBytes(addrToBytes(parseAddr(text)));
  const spentMs = process.cpuUsage(before).user / 1_000;
  t.ok(spentMs < 5_000, `${spentMs} ms`);
  t.end();
});

t.test('an address is its number, and back', t => {
  t.equal(addrToNumber(parseAddr('::1')), 1n);
  t.equal(addrToNumber(parseAddr('0.0.0.1')), 0xffff_0000_0001n);
  fc.assert(
    fc.property(
      bytes.map(each => addrFromBytes(each)),
      value => addrFromNumber(addrToNumber(value)) === value,
    ),
  );
  t.pass();
  t.end();
});

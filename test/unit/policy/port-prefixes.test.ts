import t, { type Test } from 'tap';
import { portPrefixes, type PortPrefix, type PortSpan } from '../../../loader/policy/port-prefixes.ts';

const LAST = 65_535;

/** Every port's value by the longest prefix, as the kernel finds it. */
function expand(prefixes: readonly PortPrefix<string>[], inherited: string): string[] {
  const values = Array.from({ length: LAST + 1 }, () => inherited);
  for (const { bits, port, value } of [...prefixes].sort((a, b) => a.bits - b.bits))
    values.fill(value, port, port + (1 << (16 - bits)));
  return values;
}

function spansOf(...parts: readonly (readonly [last: number, value: string])[]): PortSpan<string>[] {
  return parts.map(([last, value], i) => ({ first: (parts[i - 1]?.[0] ?? -1) + 1, last, value }));
}

function check(
  t: Test,
  spans: readonly PortSpan<string>[],
  inherited: string,
): readonly PortPrefix<string>[] {
  const prefixes = portPrefixes(spans, inherited);
  const expected = spans.flatMap(({ first, last, value }) =>
    Array.from({ length: last - first + 1 }, () => value),
  );
  const found = expand(prefixes, inherited);
  t.equal(
    found.findIndex((value, port) => value !== expected[port]),
    -1,
    JSON.stringify(spans),
  );
  t.ok(prefixes.every(({ bits, port }) => bits >= 0 && bits <= 16 && (port & (0xffff >> bits)) === 0));
  t.equal(new Set(prefixes.map(({ bits, port }) => `${port}/${bits}`)).size, prefixes.length);
  return prefixes;
}

t.test('nothing but what is inherited needs no prefix', t => {
  t.strictSame(portPrefixes(spansOf([LAST, 'deny']), 'deny'), []);
  t.end();
});

t.test('one value for all ports is one prefix without bits', t => {
  t.strictSame(portPrefixes(spansOf([LAST, 'allow']), 'deny'), [{ bits: 0, port: 0, value: 'allow' }]);
  t.end();
});

t.test('one port is one prefix', t => {
  t.strictSame(check(t, spansOf([79, 'deny'], [80, 'allow'], [LAST, 'deny']), 'deny'), [
    { bits: 16, port: 80, value: 'allow' },
  ]);
  t.end();
});

t.test('all ports but one are two prefixes', t => {
  t.equal(check(t, spansOf([79, 'allow'], [80, 'deny'], [LAST, 'allow']), 'deny').length, 2);
  t.end();
});

t.test('the ends of the range', t => {
  for (const inherited of ['a', 'b', 'c']) {
    check(t, spansOf([0, 'a'], [LAST, 'b']), inherited);
    check(t, spansOf([LAST - 1, 'a'], [LAST, 'b']), inherited);
    check(t, spansOf([32_767, 'a'], [LAST, 'b']), inherited);
  }
  t.end();
});

t.test('any spans, by every single port', t => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let round = 0; round < 150; round++) {
    const small = round % 2 === 0 ? 64 : LAST;
    const ends = new Set(Array.from({ length: 1 + random(12) }, () => random(small)));
    const parts = [...ends].sort((a, b) => a - b).map(last => [last, 'abcd'[random(4)] ?? 'a'] as const);
    check(t, spansOf(...parts.filter(([last]) => last < LAST), [LAST, 'abcd'[random(4)] ?? 'a']), 'a');
  }
  t.end();
});

t.test('spans that leave ports out are refused', t => {
  t.throws(() => portPrefixes([{ first: 0, last: 9, value: 'a' }], 'b'), /no span covers port/);
  t.end();
});

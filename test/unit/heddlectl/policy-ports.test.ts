// Prefixes of ports read as the ranges that somebody wrote.
import t from 'tap';
import { portRanges } from '../../../cmd/heddlectl/policy/ports.ts';
import type { RuleSetKey, RuleVerdict } from '../../../loader/abi/abi.gen.ts';

function row(port: number, prefixBits: number, rule: number, action = 1): [RuleSetKey, RuleVerdict] {
  return [
    { ruleSet: 1, protocol: 6, prefixBits, port },
    { rule, action, flags: 0 },
  ];
}

function shown(...rows: [RuleSetKey, RuleVerdict][]): string[] {
  return portRanges(rows).map(({ first, last, verdict }) => `${first}-${last} by ${verdict.rule}`);
}

t.test('the pieces of a range are one again', t => {
  t.strictSame(shown(row(8080, 16, 3), row(8000, 10, 3), row(8064, 12, 3)), ['8000-8080 by 3']);
  t.end();
});

t.test('of nested prefixes the longest holds', t => {
  t.strictSame(shown(row(0, 0, 1), row(80, 16, 2)), ['0-79 by 1', '80-80 by 2', '81-65535 by 1']);
  t.end();
});

t.test('neighbours that say something else stay apart, and gaps stay gaps', t => {
  t.strictSame(shown(row(80, 16, 1), row(81, 16, 1, 2), row(90, 16, 1)), [
    '80-80 by 1',
    '81-81 by 1',
    '90-90 by 1',
  ]);
  t.strictSame(shown(), []);
  t.end();
});

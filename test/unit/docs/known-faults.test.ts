// Everyone who reads the number of a known fault finds what it is.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { KNOWN_FAILURES } from '../../known-failures.ts';

t.test('docs/known-faults.md has a row for each fault of test/known-failures.ts', t => {
  const page = readFileSync('docs/known-faults.md', 'utf8');
  const rows = new Set([...page.matchAll(/^\| (D\d+) \|/gm)].map(([, fault]) => fault));
  const faults = new Set(KNOWN_FAILURES.map(({ fault }) => fault));
  t.ok(rows.size > 0 || faults.size === 0);
  t.strictSame(
    [...faults].filter(fault => !rows.has(fault)),
    [],
  );
  t.end();
});

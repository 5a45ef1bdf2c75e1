import { Readable } from 'node:stream';
import t from 'tap';
import { readTap } from '../../../scripts/test-run/tap-failures.ts';

const OUTPUT = `TAP version 14
# Subtest: outer
    ok 1 - good
    # Subtest: inner
        not ok 1 - bad
          ---
          diff: |
            -1
            +2
          at:
            fileName: test/unit/inner.test.ts
            lineNumber: 12
          ...
        1..1
    not ok 2 - inner
    ok 3 - left out # SKIP no such kernel
    1..3
not ok 1 - outer
1..1
`;

t.test('failures are those of the leaves, with the path of their titles', async t => {
  const { failures, count } = await readTap(Readable.from([OUTPUT]));
  t.ok(count > 0);
  t.strictSame(
    failures.map(({ title }) => title),
    ['outer › inner › bad', 'outer › left out'],
  );
  t.match(failures[0]?.text, /^test\/unit\/inner\.test\.ts:12\n-1\n\+2/);
});

t.test('a skipped test is a failure that says so', async t => {
  const { failures } = await readTap(Readable.from([OUTPUT]));
  t.equal(failures[1]?.text, 'skipped: no such kernel');
});

t.test('output that ends early is no success', async t => {
  const { count } = await readTap(Readable.from(['TAP version 14\n']));
  t.equal(count, 0);
});

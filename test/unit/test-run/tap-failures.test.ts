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

t.test('a subtest without an assertion is a failure, at any depth, and has not passed', async t => {
  const output = `TAP version 14
# Subtest: outer
    # Subtest: silent
        1..0
    ok 1 - silent # time=1ms
    # Subtest: speaks
        ok 1 - good
        1..1
    ok 2 - speaks
    1..2
ok 1 - outer
# Subtest: only a plan
    1..0
ok 2 - only a plan
# Subtest: another
    ok 1 - good
    ok 2 - good
    1..2
ok 3 - another
1..3
`;
  const { failures, passed } = await readTap(Readable.from([output]));
  const text = 'ended without an assertion: it could not have failed';
  t.strictSame(failures, [
    { title: 'outer › silent', text },
    { title: 'only a plan', text },
  ]);
  t.equal(passed, 1);
});

t.test('output that ends early is no success', async t => {
  const { count } = await readTap(Readable.from(['TAP version 14\n']));
  t.equal(count, 0);
});

for (const [what, output] of [
  ['without a plan', 'ok 1 - a\nok 2 - b\n'],
  ['with fewer assertions than planned', '1..5\nok 1 - a\n'],
] as const)
  t.test(`output ${what} is a failure`, async t => {
    const { failures } = await readTap(Readable.from([`TAP version 14\n${output}`]));
    t.not(failures.length, 0);
  });

t.test('a stream that somebody holds open is cut', async t => {
  const stream = new Readable({ read: () => undefined });
  stream.push('TAP version 14\nok 1 - a\n1..1\n');
  const cut = new AbortController();
  setImmediate(() => cut.abort());
  const { passed } = await readTap(stream, cut.signal);
  t.equal(passed, 1);
});

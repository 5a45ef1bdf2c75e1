import t from 'tap';
import { withoutKnown } from '../../../scripts/test-run/known-failures.ts';
import type { Failure } from '../../../scripts/test-run/tap-failures.ts';

const FILE = 'test/bpf/pod-rx.test.ts';

function outcomeWith(failures: readonly Failure[], list: readonly string[]) {
  const outcome = { file: FILE, passed: 3, failures, durationMs: 1, cpuSeconds: undefined, lingeredMs: 0 };
  return withoutKnown(
    outcome,
    list.map(title => ({ test: FILE, title, fault: 'D3', why: 'parse failures pass' })),
  );
}

const failure = (title: string): Failure => ({ title, text: 'want dropped' });

t.test('a listed failure is known, and no other', t => {
  const { known, failures } = outcomeWith([failure('a › b'), failure('a › c')], ['a › b']);
  t.equal(known, 1);
  t.strictSame(failures, [failure('a › c')]);
  t.end();
});

t.test('an entry may name a subtest, but not the beginning of a title', t => {
  const { known, failures } = outcomeWith([failure('a › b › c'), failure('ab › d')], ['a']);
  t.equal(known, 1);
  t.strictSame(failures, [failure('ab › d')]);
  t.end();
});

t.test('a listed assertion that passes is a failure of the list', t => {
  const { known, failures } = outcomeWith([], ['a › b']);
  t.equal(known, 0);
  t.match(failures, [{ title: 'a › b', text: /listed as D3 .* remove its entry/ }]);
  t.end();
});

t.test('entries of other files say nothing', t => {
  const outcome = {
    file: 'test/bpf/other.test.ts',
    passed: 1,
    failures: [],
    durationMs: 1,
    cpuSeconds: undefined,
    lingeredMs: 0,
  };
  const compared = withoutKnown(outcome, [{ test: FILE, title: 'a', fault: 'D3', why: '' }]);
  t.strictSame(compared.failures, []);
  t.end();
});

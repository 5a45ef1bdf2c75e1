import t from 'tap';
import type { ComparedOutcome } from '../../../scripts/test-run/known-failures.ts';
import { repeatedFiles, runFailedAgain } from '../../../scripts/test-run/second-run.ts';

function outcome(file: string, ...titles: string[]): ComparedOutcome {
  const failures = titles.map(title => ({ title, text: '' }));
  return { file, passed: 1, known: 0, durationMs: 1, cpuSeconds: undefined, lingeredMs: 0, failures };
}

t.test('who passes alone is unsteady and no failure, who fails again stays failed', async t => {
  const asked: string[] = [];
  const { outcomes, unsteady } = await runFailedAgain(
    [outcome('good'), outcome('unsteady', 'one › two'), outcome('bad', 'three')],
    2,
    file => {
      asked.push(file);
      return Promise.resolve(file === 'bad' ? outcome(file, 'three', 'four') : outcome(file));
    },
  );
  t.strictSame(asked, ['unsteady', 'bad'], 'one after the other, and none that passed');
  t.strictSame(unsteady, ['unsteady: one › two']);
  t.strictSame(
    outcomes.map(({ file, failures }) => [file, failures.map(({ title }) => title)]),
    [
      ['good', []],
      ['unsteady', []],
      ['bad', ['three']],
    ],
  );
});

t.test('more files than the limit are no accident: none runs again', async t => {
  const failed = [outcome('a', 'x'), outcome('b', 'x')];
  const { outcomes, unsteady } = await runFailedAgain(failed, 1, () => Promise.reject(new Error('ran')));
  t.strictSame([outcomes, unsteady], [failed, []]);
});

t.test('the limit is a small number, none where nothing is said', t => {
  t.equal(repeatedFiles({}), 0);
  t.equal(repeatedFiles({ REPEAT_FAILED: '' }), 0);
  t.equal(repeatedFiles({ REPEAT_FAILED: '3' }), 3);
  for (const value of ['-1', '11', '1.5', 'all'])
    t.throws(() => repeatedFiles({ REPEAT_FAILED: value }), { message: new RegExp(`'${value}'`) });
  t.end();
});

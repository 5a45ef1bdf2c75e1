// A watch that nothing confirms for too long is silent: a problem that begins and ends.
import t, { type Test } from 'tap';
import { ProofsOfLife } from '../../../loader/sources/proofs-of-life.ts';
import { until } from './kubernetes/scene.ts';

function proofs(t: Test, maxSilenceMs: number, ...names: readonly string[]) {
  const told: (readonly string[])[] = [];
  const one = new ProofsOfLife({
    ...{ names, server: 'the server', maxSilenceMs },
    onProblem: (...sentences) => void told.push(sentences),
  });
  t.teardown(() => one[Symbol.dispose]());
  return { one, problems: () => told.at(-1) ?? [] };
}

t.test('a watch that was never confirmed is not silent, and has no age', async t => {
  const { one, problems } = proofs(t, 20, 'pods');
  await new Promise(resolve => setTimeout(resolve, 60));
  t.strictSame(one.watches(), [{ name: 'pods', isSilent: false }]);
  t.strictSame(problems(), []);
});

t.test('a silence that is too long is told; the next proof ends it at once', async t => {
  const { one, problems } = proofs(t, 40, 'pods', 'nodes');
  for (const name of ['pods', 'nodes']) one.confirm(name);
  await until(() => problems().length > 0, 'it is told');
  t.match(problems(), [/^the server has proven no news for more than 0 s: /]);
  t.ok(one.watches().every(({ isSilent }) => isSilent));
  const confirmedMs = performance.now();
  one.confirm('pods');
  t.match(problems(), [/^the server has proven no news of nodes for /]);
  one.confirm('nodes');
  t.strictSame(problems(), []);
  for (const { isSilent, confirmedAtMs = 0 } of one.watches())
    t.ok(!isSilent && confirmedAtMs >= confirmedMs);
});

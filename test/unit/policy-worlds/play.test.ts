import t from 'tap';
import type { Level } from '../../conformance/level.ts';
import { mismatchText, playCases } from '../../conformance/play.ts';
import { evaluate, evaluationText } from '../../support/policy/reference/evaluate.ts';
import type { Case, RawPolicy, World } from '../../support/policy/world.ts';

const denyAll: RawPolicy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'shut', namespace: 'x' },
  spec: { podSelector: {} },
};
const pod = (name: string) => ({
  namespace: 'x',
  name,
  labels: {},
  ips: [`10.1.0.${name === 'a' ? 1 : 2}`],
  node: 'n1',
  ports: [],
});
const step = (number: number, policies: readonly RawPolicy[], allowed: boolean): Case => ({
  name: `shut#${number}`,
  source: '',
  sequence: { id: 'shut', step: number, of: 2, action: '' },
  namespaces: [{ name: 'x', labels: {} }],
  pods: [pod('a'), pod('b')],
  externals: [],
  nodes: [],
  policies,
  expect: [
    { from: 'x/a', to: 'x/b', port: 80, protocol: 'TCP', allowed },
    { from: 'x/a', to: 'x/a', port: 80, protocol: 'TCP', allowed: true },
  ],
});

/** Answers as the reference evaluator does, of the world that it was opened with or led to. */
function referenceLevel(seen: string[], follows: boolean): Level {
  return {
    name: 'reference',
    openLevel(first) {
      let world: World = first;
      seen.push(`open ${first.policies.length}`);
      return Promise.resolve({
        apply(next) {
          seen.push(`apply ${next.policies.length}`);
          if (follows) world = next;
          return Promise.resolve();
        },
        ask: queries =>
          Promise.resolve(
            queries.map(query => {
              const evaluation = evaluate(world, query);
              return { allowed: evaluation.allowed, why: evaluationText(evaluation) };
            }),
          ),
        close() {
          seen.push('close');
          return Promise.resolve();
        },
      });
    },
  };
}

t.test('steps are played in order on one live cluster, and each from scratch', async t => {
  const seen: string[] = [];
  const cases = [step(2, [denyAll], false), step(1, [], true)];
  const { rows, mismatches } = await playCases(cases, referenceLevel(seen, true), () => undefined);
  t.strictSame(mismatches, []);
  t.equal(rows, 4, 'a pod with itself is left out');
  t.strictSame(seen, ['open 0', 'apply 1', 'close', 'open 0', 'close', 'open 1', 'close']);
});

t.test('a level that does not follow is told so, row by row', async t => {
  const cases = [step(1, [], true), step(2, [denyAll], false)];
  const told: string[] = [];
  const { rows, mismatches } = await playCases(cases, referenceLevel([], false), played => {
    told.push(`${played.case.name}, ${played.way}: ${played.mismatches.length} of ${played.rows}`);
  });
  t.equal(rows, 4);
  t.strictSame(mismatches.map(mismatchText), [
    [
      'case shut#2 step 2 of 2, in order: x/a → x/b 80/TCP over IPv4',
      '  expected denied: egress allowed by default egress, ingress denied by NetworkPolicy x/shut isolates ingress',
      '  got allowed: egress allowed by default egress, ingress allowed by default ingress',
    ].join('\n'),
  ]);
  t.strictSame(told, [
    'shut#1, in order: 0 of 1',
    'shut#2, in order: 1 of 1',
    'shut#1, from scratch: 0 of 1',
    'shut#2, from scratch: 0 of 1',
  ]);
});

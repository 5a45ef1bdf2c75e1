import { readFileSync } from 'node:fs';
import t from 'tap';
import { HOOK_NAMES } from '../../loader/abi/hook-name.ts';
import {
  COMPLEXITY_FILE,
  MAX_VERIFIED,
  measureComplexity,
  moves,
  overBudget,
  type ComplexityRecord,
} from '../support/bpf/complexity.ts';

const recorded = JSON.parse(readFileSync(COMPLEXITY_FILE, 'utf8')) as ComplexityRecord;

/** The record, with one program's verified instructions multiplied. */
function scaled(factor: number): ComplexityRecord {
  const { pod_tx } = recorded.programs;
  const verifiedInstructions = Math.floor(pod_tx.verifiedInstructions * factor);
  return {
    ...recorded,
    programs: { ...recorded.programs, pod_tx: { ...pod_tx, verifiedInstructions } },
  };
}

t.test('no program costs the verifier much more than is recorded', t => {
  const measured = measureComplexity();
  t.same(overBudget(recorded, measured), []);
  for (const line of moves(recorded, measured)) t.comment(line);
  t.end();
});

t.test('every program is recorded', t => {
  t.same(Object.keys(recorded.programs).toSorted(), [...HOOK_NAMES].toSorted());
  t.end();
});

t.test('a program beyond its leeway is named, with both numbers and the way out', t => {
  const before = scaled(0.9);
  const [old, now] = [before, recorded].map(({ programs }) => programs.pod_tx.verifiedInstructions);
  t.same(overBudget(before, recorded), [
    `pod_tx: ${old} verified instructions are recorded, now ${now} (+11.1 %); if that is worth it, 'make complexity' renews bpf/complexity.json`,
  ]);
  t.same(overBudget(scaled(0.92), recorded), []);
  t.same(overBudget({ ...before, kernel: '6.1' }, recorded), [], 'another verifier counts otherwise');
  t.end();
});

t.test('more than any kernel is asked to walk is too much, however it came', t => {
  const { pod_tx } = recorded.programs;
  const many = scaled((MAX_VERIFIED + 1_500) / pod_tx.verifiedInstructions);
  t.match(overBudget(many, many), [/^pod_tx: 61\d+ verified instructions, at most 60000 may be$/]);
  t.end();
});

t.test('what moves is shown, up or down', t => {
  const verified = recorded.programs.pod_tx.verifiedInstructions;
  const [more, less] = [scaled(1.05), scaled(0.95)].map(
    ({ programs }) => programs.pod_tx.verifiedInstructions,
  );
  t.same(moves(recorded, recorded), []);
  t.same(moves(recorded, scaled(1.05)), [`pod_tx: ${verified} verified instructions, now ${more} (+5.0 %)`]);
  t.same(moves(recorded, scaled(0.95)), [`pod_tx: ${verified} verified instructions, now ${less} (-5.0 %)`]);
  t.end();
});

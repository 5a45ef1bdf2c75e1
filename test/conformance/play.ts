// Plays cases on a level: steps of one sequence in order on one live cluster, and each of them again from scratch.
import { evaluate, evaluationText } from '../support/policy/reference/evaluate.ts';
import { queryText, type Case, type Row } from '../support/policy/world.ts';
import type { Answer, Level, LiveLevel } from './level.ts';

export interface Mismatch {
  readonly case: Case;
  /** Whether it was played after the steps before it, or alone. */
  readonly way: 'in order' | 'from scratch';
  readonly row: Row;
  readonly got: Answer;
}

export interface Played {
  readonly rows: number;
  readonly mismatches: readonly Mismatch[];
}

/** An answer that comes late on a busy machine looks like a denial. */
const MAX_ASKED = 6;

type Progress = (played: { case: Case; way: Mismatch['way'] } & Played) => void;

export async function playCases(cases: readonly Case[], level: Level, progress: Progress): Promise<Played> {
  const results: Played[] = [];
  for (const steps of sequencesOf(cases)) {
    if (steps.length > 1) results.push(await playInOrder(steps, level, progress));
    for (const step of steps) results.push(await playFromScratch(step, level, progress));
  }
  return {
    rows: results.reduce((sum, { rows }) => sum + rows, 0),
    mismatches: results.flatMap(({ mismatches }) => mismatches),
  };
}

/** 'case admin-deny step 1, in order: x/a → y/b 80/TCP over IPv4: expected allowed, got denied: …'. */
export function mismatchText({ case: played, way, row, got }: Mismatch): string {
  const { sequence } = played;
  const step = sequence === undefined ? '' : ` step ${sequence.step} of ${sequence.of}`;
  const words = (allowed: boolean): string => (allowed ? 'allowed' : 'denied');
  const evaluation = evaluate(played, row);
  const doubt = evaluation.allowed === row.allowed ? '' : ', though the reference evaluator says otherwise';
  return [
    `case ${played.name}${step}, ${way}: ${queryText(row)}`,
    `  expected ${words(row.allowed)}${doubt}: ${evaluationText(evaluation)}`,
    `  got ${words(got.allowed)}: ${got.why}`,
  ].join('\n');
}

/** Cases of one sequence together, by step; all others alone. */
function sequencesOf(cases: readonly Case[]): readonly (readonly Case[])[] {
  const sequences = new Map<string, Case[]>();
  for (const [i, each] of cases.entries()) {
    const key = each.sequence === undefined ? `case ${i}` : `sequence ${each.sequence.id}`;
    sequences.set(key, [...(sequences.get(key) ?? []), each]);
  }
  return [...sequences.values()].map(steps =>
    steps.sort((a, b) => (a.sequence?.step ?? 1) - (b.sequence?.step ?? 1)),
  );
}

async function playInOrder(steps: readonly Case[], level: Level, progress: Progress): Promise<Played> {
  const [first, ...others] = steps;
  if (first === undefined) return { rows: 0, mismatches: [] };
  const live = await level.openLevel(first);
  const results: Played[] = [];
  try {
    results.push(await playRows(first, 'in order', { live, progress }));
    for (const step of others) {
      await live.apply(step);
      results.push(await playRows(step, 'in order', { live, progress }));
    }
  } finally {
    await live.close();
  }
  return {
    rows: results.reduce((sum, { rows }) => sum + rows, 0),
    mismatches: results.flatMap(({ mismatches }) => mismatches),
  };
}

async function playFromScratch(step: Case, level: Level, progress: Progress): Promise<Played> {
  const live = await level.openLevel(step);
  try {
    return await playRows(step, 'from scratch', { live, progress });
  } finally {
    await live.close();
  }
}

async function playRows(
  step: Case,
  way: Mismatch['way'],
  at: { live: Awaited<ReturnType<Level['openLevel']>>; progress: Progress },
): Promise<Played> {
  const rows = step.expect.filter(row => row.from !== row.to);
  const answers = await askedAgain(rows, at.live);
  const mismatches = rows.flatMap((row, i): Mismatch[] => {
    const got = answers[i] ?? { allowed: !row.allowed, why: 'there was no answer' };
    return got.allowed === row.allowed && got.isFault !== true ? [] : [{ case: step, way, row, got }];
  });
  const played = { rows: rows.length, mismatches };
  at.progress({ case: step, way, ...played });
  return played;
}

/** What should be allowed and was not answered is asked again, a few times. */
async function askedAgain(rows: readonly Row[], live: LiveLevel): Promise<readonly Answer[]> {
  const answers = [...(await live.ask(rows))];
  for (let asked = 1; asked < MAX_ASKED; asked++) {
    const late = rows.flatMap((row, i) => (row.allowed && answers[i]?.allowed === false ? [i] : []));
    if (late.length === 0) break;
    const again = await live.ask(late.flatMap(i => rows[i] ?? []));
    for (const [k, i] of late.entries())
      answers[i] = again[k] ?? { allowed: false, why: 'there was no answer' };
  }
  return answers;
}

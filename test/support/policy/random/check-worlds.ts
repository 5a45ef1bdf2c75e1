// Holds random worlds against the reference evaluator, and says which small world shows the difference.
import { evaluate, evaluationText, type Evaluation } from '../reference/evaluate.ts';
import type { Verdict } from '../reference/connection.ts';
import { queryText, type Query, type World } from '../world.ts';
import { queriesOf } from './queries.ts';
import { Random } from './random.ts';
import { randomWorld } from './random-world.ts';
import { shrunkCase } from './shrink.ts';

export interface Judged {
  readonly allowed: boolean;
  /** Worded as `evaluationText` does. */
  readonly why: string;
}

/** Makes one world ready to be asked. */
export type JudgeWorld = (world: World) => (query: Query) => Judged;

export interface CheckedWorlds {
  readonly worlds: number;
  readonly rows: number;
  /** Of the rows: so that a run in which nothing is ever denied does not pass for a good one. */
  readonly denied: number;
  /** The first difference, with its smallest world. */
  readonly failure?: string;
}

/** World number i has the seed `seed + i`: SEED=… WORLDS=1 brings it back. */
export function checkWorlds(at: { seed: number; worlds: number }, judgeWorld: JudgeWorld): CheckedWorlds {
  let [rows, denied] = [0, 0];
  for (let i = 0; i < at.worlds; i++) {
    const random = new Random(at.seed + i);
    const world = randomWorld(random);
    const queries = queriesOf(world, random);
    const failing = firstDifference(world, queries, judgeWorld);
    rows += queries.length;
    denied += queries.filter(query => !evaluate(world, query).allowed).length;
    if (failing !== undefined) {
      const failure = failureText({ world, query: failing, seed: at.seed + i }, judgeWorld);
      return { worlds: i + 1, rows, denied, failure };
    }
  }
  return { worlds: at.worlds, rows, denied };
}

/** `undefined`: the judge agrees with the reference evaluator everywhere. */
export function firstDifference(
  world: World,
  queries: readonly Query[],
  judgeWorld: JudgeWorld,
): Query | undefined {
  const judge = judgeWorld(world);
  return queries.find(query => !agrees(evaluate(world, query), judge(query)));
}

export function failureText(
  found: { world: World; query: Query; seed: number },
  judgeWorld: JudgeWorld,
): string {
  const differs = (world: World, query: Query): boolean =>
    firstDifference(world, [query], judgeWorld) !== undefined;
  const small = shrunkCase(
    { ...found, name: `seed-${found.seed}` },
    differs,
    (world, query) => evaluate(world, query).allowed,
  );
  return [
    `SEED=${found.seed} WORLDS=1: ${queryText(found.query)}`,
    `expected: ${evaluationText(evaluate(small, found.query))}`,
    `got: ${judgeWorld(small)(found.query).why}`,
    JSON.stringify({ format: 1, cases: [small] }),
  ].join('\n');
}

/** Same verdict, for a reason that may be given for it. */
function agrees(expected: Evaluation, got: Judged): boolean {
  if (expected.allowed !== got.allowed) return false;
  const reasons = new Set([
    ...reasonsOf('egress', expected.egress),
    ...reasonsOf('ingress', expected.ingress),
  ]);
  const given = got.why.split(', ').filter(reason => reason !== 'nobody is asked');
  const directions = [expected.egress, expected.ingress].filter(verdict => verdict !== undefined);
  return given.length === directions.length && given.every(reason => reasons.has(reason));
}

function reasonsOf(direction: string, verdict: Verdict | undefined): string[] {
  if (verdict === undefined) return [];
  return verdict.by.map(by => `${direction} ${verdict.allowed ? 'allowed' : 'denied'} by ${by}`);
}

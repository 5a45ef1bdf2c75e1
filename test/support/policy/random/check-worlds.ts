// Holds random worlds against the reference evaluator, and says which small world shows the difference.
import { evaluate, evaluationText, type Evaluation } from '../reference/evaluate.ts';
import type { Verdict } from '../reference/connection.ts';
import { queryText, type Query, type World } from '../world.ts';
import { queriesOf } from './queries.ts';
import { Random } from './random.ts';
import { randomWorld } from './random-world.ts';
import { shrunkCase } from './shrink.ts';

export interface Evaluated {
  readonly allowed: boolean;
  /** Worded as `evaluationText` does. */
  readonly why: string;
}

/** Makes one world ready to be asked. */
export type WorldEvaluator = (world: World) => (query: Query) => Evaluated;

export interface CheckedWorlds {
  readonly worlds: number;
  readonly rows: number;
  /** Of the rows: so that a run in which nothing is ever denied does not pass for a good one. */
  readonly denied: number;
  /** The first difference, with its smallest world. */
  readonly failure?: string;
}

/** World number i has the seed `seed + i`: SEED=… WORLDS=1 brings it back. */
export function checkWorlds(
  at: { seed: number; worlds: number },
  evaluatorOf: WorldEvaluator,
): CheckedWorlds {
  let [rows, denied] = [0, 0];
  for (let i = 0; i < at.worlds; i++) {
    const random = new Random(at.seed + i);
    const world = randomWorld(random);
    const checked = checkWorld(world, queriesOf(world, random), evaluatorOf(world));
    rows += checked.rows;
    denied += checked.denied;
    if (checked.differing !== undefined) {
      const failure = failureText({ world, query: checked.differing, seed: at.seed + i }, evaluatorOf);
      return { worlds: i + 1, rows, denied, failure };
    }
  }
  return { worlds: at.worlds, rows, denied };
}

/** Ends with the first query about which the evaluator differs from the reference evaluator. */
export function checkWorld(
  world: World,
  queries: readonly Query[],
  evaluator: (query: Query) => Evaluated,
): { rows: number; denied: number; differing?: Query } {
  let [rows, denied] = [0, 0];
  for (const query of queries) {
    const expected = evaluate(world, query);
    rows++;
    if (!expected.allowed) denied++;
    if (!agrees(expected, evaluator(query))) return { rows, denied, differing: query };
  }
  return { rows, denied };
}

export function failureText(
  found: { world: World; query: Query; seed: number },
  evaluatorOf: WorldEvaluator,
): string {
  // A wrong verdict stays one while the world shrinks; only where there is none is it about the reason.
  const isWrong = (world: World, query: Query): boolean =>
    evaluate(world, query).allowed !== evaluatorOf(world)(query).allowed;
  const differs = (world: World, query: Query): boolean =>
    checkWorld(world, [query], evaluatorOf(world)).differing !== undefined;
  const small = shrunkCase(
    { ...found, name: `seed-${found.seed}` },
    isWrong(found.world, found.query) ? isWrong : differs,
    (world, query) => evaluate(world, query).allowed,
  );
  return [
    `SEED=${found.seed} WORLDS=1: ${queryText(found.query)}`,
    `expected: ${evaluationText(evaluate(small, found.query))}`,
    `got: ${evaluatorOf(small)(found.query).why}`,
    JSON.stringify({ format: 1, cases: [small] }),
  ].join('\n');
}

/** Same verdict, for a reason that may be given for it. */
function agrees(expected: Evaluation, got: Evaluated): boolean {
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

// The connectivity test: every path without policy, then what policies allow and deny, over whatever runs programs in hosts.
import { setTimeout as sleep } from 'node:timers/promises';
import { outcomesOf, type Attempt, type HostAccess } from './attempts.ts';
import { pathsOf, type Reachable, type ReachableHost } from './paths.ts';
import { policySteps, rolesOf } from './policy-steps.ts';

export interface PathResult {
  readonly path: string;
  readonly attempts: number;
  /** A sentence each. */
  readonly failures: readonly string[];
}

export interface ConnectivityCluster<Host extends ReachableHost> extends Reachable<Host> {
  readonly access: HostAccess<Host>;
  readonly selectorOf: (pod: Host) => object;
  /** The one NetworkPolicy of the test; undefined removes it. */
  setPolicy(spec: object | undefined): Promise<void>;
}

export interface ConnectivityLimits {
  /** For an answer that comes. */
  readonly answerMs: number;
  /** For one that must not come. */
  readonly silenceMs: number;
  /** Until a policy is active on every node. */
  readonly policyMs: number;
}

export interface TestOptions {
  readonly onResult: (result: PathResult) => void;
  /** Only paths whose name contains it. */
  readonly only?: string | undefined;
  readonly limits?: ConnectivityLimits;
  /** Ends it after the attempts that are under way, and takes the policy away. */
  readonly signal?: AbortSignal;
}

export const LIMITS: ConnectivityLimits = { answerMs: 10_000, silenceMs: 1_500, policyMs: 30_000 };

const BETWEEN_TRIES_MS = 200;

/** Rejects when a program cannot be run in a host. */
export async function testConnectivity<Host extends ReachableHost>(
  cluster: ConnectivityCluster<Host>,
  { onResult, only = '', limits = LIMITS, signal }: TestOptions,
): Promise<PathResult[]> {
  const results: PathResult[] = [];
  const add = (path: string, outcomes: readonly (string | undefined)[]): void => {
    const failures = outcomes.filter(outcome => outcome !== undefined).sort();
    const result = { path, attempts: outcomes.length, failures };
    results.push(result);
    onResult(result);
  };
  for (const { name, attempts } of pathsOf(cluster).filter(path => path.name.includes(only))) {
    signal?.throwIfAborted();
    add(name, await outcomesOf(attempts, cluster.access, limits.answerMs));
  }
  const roles = rolesOf(cluster.pods, cluster.selectorOf);
  const steps = roles === undefined ? [] : policySteps(roles).filter(step => step.name.includes(only));
  if (steps.length === 0) return results;
  try {
    for (const { name, spec, attempts } of steps) {
      signal?.throwIfAborted();
      await cluster.setPolicy(spec);
      add(name, await settledOutcomes(attempts, cluster.access, limits));
    }
  } finally {
    await cluster.setPolicy(undefined);
  }
  return results;
}

/** A policy takes a moment to reach every node: those that still fail are asked again. */
async function settledOutcomes<Host extends ReachableHost>(
  attempts: readonly Attempt<Host>[],
  access: HostAccess<Host>,
  { answerMs, silenceMs, policyMs }: ConnectivityLimits,
): Promise<(string | undefined)[]> {
  const deadline = performance.now() + policyMs;
  const denied = attempts.filter(({ mustFail }) => mustFail === true);
  const allowed = attempts.filter(({ mustFail }) => mustFail !== true);
  for (;;) {
    const isLast = performance.now() >= deadline;
    const outcomes = [
      ...(await outcomesOf(denied, access, silenceMs)),
      ...(await outcomesOf(allowed, access, isLast ? answerMs : silenceMs)),
    ];
    if (isLast || outcomes.every(outcome => outcome === undefined)) return outcomes;
    await sleep(BETWEEN_TRIES_MS);
  }
}

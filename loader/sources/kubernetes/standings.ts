// What the calls of the API that fail come to, as sentences: one for a server that is silent, one for each refusal.
import { unreachableSentence, type Outage } from '../outage.ts';
import type { ApiCall } from './api-calls.ts';
import { refusedSentence, type ApiFailure } from './api-failure.ts';

interface FailedCall {
  readonly call: ApiCall;
  readonly failure: ApiFailure;
}

/** Why a call is in vain, and since when. */
export interface Standing extends Outage<FailedCall> {
  /** `performance.now()` of the first failure of this kind in a row. */
  readonly kindSinceMs: number;
  /** What was reported when this kind of failure began. */
  readonly before: FailedCall | undefined;
}

export interface StandingsOptions {
  readonly server: string;
  /** A server that is just starting refuses what it will admit: refusals are reported when they last. */
  readonly patienceMs: number;
}

/** How a call stands after it has failed once more; the newest reason counts. */
export function failedAgain(
  standing: Standing | undefined,
  cause: FailedCall,
  { patienceMs }: Pick<StandingsOptions, 'patienceMs'>,
): Standing {
  const since = standing?.since ?? new Date();
  if (standing === undefined || !isSameKind(standing.cause, cause))
    return {
      ...{ cause, since, kindSinceMs: performance.now() },
      before: standing && reportedCause(standing, patienceMs),
    };
  return standing.cause.failure.message === cause.failure.message ? standing : { ...standing, cause };
}

/** Sorted, and the same for as long as the same is wrong. */
export function standingSentences(
  standings: readonly Standing[],
  { server, patienceMs }: StandingsOptions,
): readonly string[] {
  const reported = standings.flatMap(standing => {
    const cause = reportedCause(standing, patienceMs);
    return cause === undefined ? [] : [{ ...standing, cause }];
  });
  const silent = reported.filter(({ cause }) => cause.failure.status === undefined);
  const refused = reported
    .filter(({ cause }) => cause.failure.status !== undefined)
    .map(({ cause: { call, failure }, since }) => refusedSentence(call, failure, since));
  return [...silentSentences(server, silent), ...refused.sort()];
}

/** One for all calls: since the first of them, with the reason that is newest. */
function silentSentences(server: string, silent: readonly Standing[]): readonly string[] {
  const [newest] = [...silent].sort((a, b) => b.kindSinceMs - a.kindSinceMs);
  if (newest === undefined) return [];
  const since = new Date(Math.min(...silent.map(each => each.since.getTime())));
  const cause = newest.cause.failure.message;
  return [unreachableSentence(`the API server ${server}`, { cause, since })];
}

/** Another reason replaces the one that was reported once it has lasted: a server behind several ways in may give two by turns. */
function reportedCause({ cause, kindSinceMs, before }: Standing, patienceMs: number): FailedCall | undefined {
  const isPatient = cause.failure.status !== undefined || before !== undefined;
  return isPatient && performance.now() - kindSinceMs < patienceMs ? before : cause;
}

function isSameKind(a: FailedCall, b: FailedCall): boolean {
  const { status } = a.failure;
  if (status !== b.failure.status) return false;
  return status === undefined ? a.failure.message === b.failure.message : a.call === b.call;
}

// What the calls of the API that fail come to, as sentences: one for a server that is silent, one for each refusal.
import { outageAfter, unreachableSentence, type Outage } from '../outage.ts';
import type { ApiCall } from './api-calls.ts';
import { refusedSentence, type ApiFailure } from './api-failure.ts';

interface FailedCall {
  readonly call: ApiCall;
  readonly failure: ApiFailure;
}

/** Why a call is in vain, and since when. */
export type Standing = Outage<FailedCall>;

/** Sorted, and the same for as long as the same is wrong. */
export function standingSentences(server: string, standings: readonly Standing[]): readonly string[] {
  const bySince = [...standings].sort((a, b) => a.since.getTime() - b.since.getTime());
  const silent = bySince.find(({ cause }) => cause.failure.status === undefined);
  const refused = bySince
    .filter(({ cause }) => cause.failure.status !== undefined)
    .map(({ cause: { call, failure }, since }) => refusedSentence(call, failure, since));
  const sentences = silent === undefined ? [] : [silentSentence(server, silent)];
  return [...sentences, ...refused.sort()];
}

/** How a call stands after it has failed once more. */
export function failedAgain(before: Standing | undefined, call: ApiCall, failure: ApiFailure): Standing {
  return outageAfter(
    before,
    { call, failure },
    (a, b) => a.call === b.call && a.failure.status === b.failure.status,
  );
}

function silentSentence(server: string, { cause, since }: Standing): string {
  return unreachableSentence(`the API server ${server}`, { cause: cause.failure.message, since });
}

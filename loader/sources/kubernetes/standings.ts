// What the calls of the API that fail come to, as sentences: one for a server that is silent, one for each refusal.
import type { ApiCall } from './api-calls.ts';
import { refusedSentence, silentSentence, type ApiFailure } from './api-failure.ts';

/** Why a call is in vain, and since when. */
export interface Standing {
  readonly call: ApiCall;
  readonly failure: ApiFailure;
  readonly since: Date;
}

/** Sorted, and the same for as long as the same is wrong. */
export function standingSentences(server: string, standings: readonly Standing[]): readonly string[] {
  const bySince = [...standings].sort((a, b) => a.since.getTime() - b.since.getTime());
  const silent = bySince.find(({ failure }) => failure.status === undefined);
  const refused = bySince
    .filter(({ failure }) => failure.status !== undefined)
    .map(({ call, failure, since }) => refusedSentence(call, failure, since));
  const sentence = silent && silentSentence(server, silent.failure.message, silent.since);
  return [...(sentence === undefined ? [] : [sentence]), ...refused.sort()];
}

/** How a call stands after it has failed once more: the first words stay, so that a person is not told again. */
export function failedAgain(before: Standing | undefined, call: ApiCall, failure: ApiFailure): Standing {
  if (before?.call === call && before.failure.status === failure.status) return before;
  return { call, failure, since: before?.since ?? new Date() };
}

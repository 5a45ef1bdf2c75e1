// Times on the command line: 30s, 5m, 1h.
import { UsageError } from './usage-error.ts';

const SECONDS = { s: 1, m: 60, h: 3_600 } as const;
const MAX_SECONDS = 86_400;

/** `flag` is the option's, for the sentence. Throws `UsageError`. */
export function secondsIn(text: string, flag: string): number {
  const [, number = '', unit = 's'] = /^(\d+)([smh]?)$/.exec(text) ?? [];
  const seconds = Number(number) * SECONDS[(unit || 's') as keyof typeof SECONDS];
  if (number !== '' && seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new UsageError(`${flag} cannot be '${text}': use a time such as 60s or 5m, a day at most`);
}

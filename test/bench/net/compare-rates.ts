// Two pairs of pods flooded in turn, in every kind of flow.
import type { Aim, BenchContext, Result } from '../figure.ts';
import { measurePairs, paired } from '../results.ts';
import { RATES, RATE_WORDS, type DatagramRates, type RateName } from './datagram-rates.ts';

export interface RateHeading {
  readonly name: string;
  /** Its result has that name alone; the others' have more. */
  readonly headline: RateName;
  readonly aim?: Aim;
  /** Of which it is an aim. */
  readonly aimed: readonly RateName[];
  readonly note: string;
}

export async function compareRates(
  { name, headline, aim, aimed, note }: RateHeading,
  { ours, peer }: { readonly ours: DatagramRates; readonly peer: DatagramRates },
  { isQuick, progress, signal }: BenchContext,
): Promise<readonly Result[]> {
  const [rounds, packets] = isQuick ? [5, 20_000] : [21, 300_000];
  const results: Result[] = [];
  for (const rate of RATES) {
    progress(`${RATE_WORDS[rate]}, ${rounds} rounds`);
    const measure = (rates: DatagramRates) => (): Promise<number> => {
      signal.throwIfAborted();
      return rates.measure(rate, packets);
    };
    const runs = await measurePairs(rounds, measure(ours), measure(peer));
    const heading = {
      name: nameOf(name, rate, headline),
      ...{ unit: 'packets/s', note: `${note}; ${RATE_WORDS[rate]}` },
    };
    results.push(paired(aim !== undefined && aimed.includes(rate) ? { ...heading, aim } : heading, runs));
  }
  return results;
}

/** The names of its results. */
export function rateNames({ name, headline }: Pick<RateHeading, 'name' | 'headline'>): string[] {
  return RATES.map(rate => nameOf(name, rate, headline));
}

function nameOf(name: string, rate: RateName, headline: RateName): string {
  return rate === headline ? name : `${name}_${rate}`;
}

// endpoints_50k_vs_2: small datagrams from pod to pod over the overlay, with 50,000 pods in the tables and with two.
import type { BenchContext, Figure, Result } from '../figure.ts';
import { compareRates, rateNames } from '../net/compare-rates.ts';
import { DatagramRates, RATES } from '../net/datagram-rates.ts';
import { openEndpointLab } from '../net/endpoint-lab.ts';

const NAME = 'endpoints_50k_vs_2';
const MANY = { nodes: 500, podsPerNode: 100 } as const;
const NONE = { nodes: 0, podsPerNode: 0 } as const;
const HEADING = { name: NAME, headline: 'one', aim: { atLeast: 0.97 }, aimed: RATES } as const;

export const endpoints50kVs2: Figure = { name: NAME, results: rateNames(HEADING), isAlone: false, measure };

async function measure(context: BenchContext): Promise<readonly Result[]> {
  await using many = await openEndpointLab('benchxdpmany', MANY, context);
  await using few = await openEndpointLab('benchxdpfew', NONE, context);
  using ours = new DatagramRates(many.from, many.to, () => many.forgetFlows());
  using peer = new DatagramRates(few.from, few.to, () => few.forgetFlows());
  const note = '50,000 endpoints in the maps : two';
  return await compareRates({ ...HEADING, note }, { ours, peer }, context);
}

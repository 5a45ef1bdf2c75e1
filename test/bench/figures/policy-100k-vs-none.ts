// policy_100k_vs_none: small datagrams from pod to pod over the overlay, with 100,000 active rules at both and with none.
import type { BenchContext, Figure, Result } from '../figure.ts';
import { DatagramRates, RATES } from '../net/datagram-rates.ts';
import { compareRates } from '../net/compare-rates.ts';
import { openPolicyLab } from '../net/policy-lab.ts';

const NAME = 'policy_100k_vs_none';
const SHAPE = { rules: 100_000, rulesPerPolicy: 100, admittingPolicy: 500 } as const;
const AIM = { atLeast: 0.9 } as const;

export const policy100kVsNone: Figure = { name: NAME, isAlone: false, measure };

async function measure(context: BenchContext): Promise<readonly Result[]> {
  await using withRules = await openPolicyLab('benchrules', SHAPE, context);
  await using without = await openPolicyLab('benchnone', { ...SHAPE, rules: 0 }, context);
  using ours = new DatagramRates(withRules.from, withRules.to, () => withRules.forgetFlows());
  using peer = new DatagramRates(without.from, without.to, () => without.forgetFlows());
  await ours.checkDenied();
  const heading = { name: NAME, headline: 'one', note: '100,000 rules : no policy' } as const;
  return await compareRates({ ...heading, aim: AIM, aimed: RATES }, { ours, peer }, context);
}

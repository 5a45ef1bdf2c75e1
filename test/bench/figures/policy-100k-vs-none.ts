// policy_100k_vs_none: small datagrams from pod to pod over the overlay, with 100,000 rules in force at both and with none.
import type { BenchContext, Figure, Result } from '../figure.ts';
import { Flood, type Flooded } from '../net/flood.ts';
import { openPolicyLab, type PolicyLab } from '../net/policy-lab.ts';
import { ADMITTED_PORT } from '../policy/manifests.ts';
import { measurePairs, paired } from '../results.ts';

const NAME = 'policy_100k_vs_none';
const SHAPE = { rules: 100_000, rulesPerPolicy: 100, admittingPolicy: 500 } as const;
const AIM = { atLeast: 0.9 } as const;
const FIRST_PORT = 10_000;
/** As many as are new in one run. */
const NEW_FLOWS = 50_000;
const DENIED_PORT = 6_999;

export const policy100kVsNone: Figure = { name: NAME, isAlone: false, measure };

async function measure(context: BenchContext): Promise<readonly Result[]> {
  await using with100k = await openPolicyLab('benchrules', SHAPE, context);
  await using without = await openPolicyLab('benchnone', { ...SHAPE, rules: 0 }, context);
  using ours = new Flood(with100k.from, with100k.to);
  using peer = new Flood(without.from, without.to);
  await checkDenied(ours);
  const { isQuick, progress } = context;
  const [rounds, packets] = isQuick ? [4, 200_000] : [11, 2_000_000];
  progress(`one flow, ${rounds} rounds`);
  const old = await measurePairs(
    rounds,
    () => rate(ours, packets),
    () => rate(peer, packets),
  );
  progress(`new flows, ${rounds} rounds`);
  const fresh = await measurePairs(
    rounds,
    () => newFlowRate(ours, with100k),
    () => newFlowRate(peer, without),
  );
  const heading = { unit: 'packets/s', aim: AIM } as const;
  return [
    paired({ ...heading, name: NAME, note: '100,000 rules : no policy, one flow' }, old),
    paired({ ...heading, name: `${NAME}_new`, note: 'the same, each packet a new flow' }, fresh),
  ];
}

async function rate(flood: Flood, packets: number): Promise<number> {
  const sourcePorts = { first: FIRST_PORT, count: 1 };
  return whole(await flood.run({ packets, sourcePorts, destinationPort: ADMITTED_PORT }), packets);
}

async function newFlowRate(flood: Flood, lab: PolicyLab): Promise<number> {
  lab.forgetFlows();
  const sourcePorts = { first: FIRST_PORT, count: NEW_FLOWS };
  const run = { packets: NEW_FLOWS, sourcePorts, destinationPort: ADMITTED_PORT };
  return whole(await flood.run(run), NEW_FLOWS);
}

/** What was lost on the way was cheap. */
function whole({ arrived, perSecond }: Flooded, sent: number): number {
  if (arrived < sent * 0.98) throw new Error(`of ${sent} packets only ${arrived} have arrived`);
  return perSecond;
}

async function checkDenied(flood: Flood): Promise<void> {
  const sourcePorts = { first: FIRST_PORT, count: 1 };
  const { arrived } = await flood.run({ packets: 1_000, sourcePorts, destinationPort: DENIED_PORT });
  if (arrived > 0) throw new Error(`${arrived} packets came through that no rule admits`);
}

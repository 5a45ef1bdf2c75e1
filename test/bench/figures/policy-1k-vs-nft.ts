// policy_1k_vs_nft: 1,000 policies at both pods, against the same rules in nftables between nodes as flannel makes them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchContext, Figure, Result } from '../figure.ts';
import { compareRates } from '../net/compare-rates.ts';
import { DatagramRates } from '../net/datagram-rates.ts';
import { openPolicyLab } from '../net/policy-lab.ts';
import { openFlannelPair, podAddress, type FlannelPair } from '../peers/flannel.ts';
import { FORGOTTEN_MS, writeNftPolicy } from '../peers/nft-policy.ts';
import { policyRules } from '../policy/manifests.ts';

const NAME = 'policy_1k_vs_nft';
/** One egress and one ingress rule each; half of them stand before the one that admits what is measured. */
const SHAPE = { rules: 2_000, rulesPerPolicy: 2, admittingPolicy: 500 } as const;
const AIM = { atLeast: 3 } as const;
/** Of a flow that was answered neither system asks its policy any more. */
const ASKED = ['one', 'new'] as const;
const PROBED = 1_000;

export const policy1kVsNft: Figure = { name: NAME, isAlone: false, measure };

async function measure(context: BenchContext): Promise<readonly Result[]> {
  await using lab = await openPolicyLab('benchrules', SHAPE, context);
  context.progress('a bridge and a vxlan device on each of two nodes, the same rules in nftables');
  await using flannel = await openFlannelPair('benchflannel');
  for (const end of [flannel.from, flannel.to])
    writeNftPolicy(end, [podAddress(1), podAddress(2)], policyRules(SHAPE));
  using ours = new DatagramRates(lab.from, lab.to, () => lab.forgetFlows());
  using peer = new DatagramRates(flannel.from, flannel.to, () => sleep(FORGOTTEN_MS));
  await ours.checkDenied();
  await peer.checkDenied();
  await checkTunnel(flannel, peer);
  const note = '1,000 policies : 1,000 rules a direction in nftables, in order, pods as a set';
  const heading = { name: NAME, headline: 'new', note } as const;
  return await compareRates({ ...heading, aim: AIM, aimed: ASKED }, { ours, peer }, context);
}

/** The peer's packets really go through its tunnel. */
async function checkTunnel(flannel: FlannelPair, peer: DatagramRates): Promise<void> {
  const before = flannel.tunnelled(flannel.from);
  await peer.measure('one', PROBED);
  const tunnelled = flannel.tunnelled(flannel.from) - before;
  if (tunnelled < PROBED) throw new Error(`of ${PROBED} packets the peer's tunnel has carried ${tunnelled}`);
}

// udp64_overlay_vs_flannel: datagrams of 64 bytes over the overlay, beside the kernel's vxlan and a bridge.
import type { BenchContext, Figure, Result } from '../figure.ts';
import { checkAll } from '../net/check-carriage.ts';
import { compareRates, rateNames, type RateHeading } from '../net/compare-rates.ts';
import { DatagramRates, RATES } from '../net/datagram-rates.ts';
import { openLabNetwork } from '../net/lab-network.ts';
import { openFlannelPair } from '../peers/flannel.ts';

const FIGURE: RateHeading = {
  ...{ name: 'udp64_overlay_vs_flannel', headline: 'answered', aim: { atLeast: 2.4 } },
  ...{ aimed: RATES, note: 'overlay : kernel vxlan and bridge' },
};

export const udp64OverlayVsFlannel: Figure = {
  name: FIGURE.name,
  results: rateNames(FIGURE),
  isAlone: false,
  measure,
};

async function measure(context: BenchContext): Promise<readonly Result[]> {
  context.progress('a lab, two nodes as flannel makes them');
  await using overlay = await openLabNetwork('benchnetover', 'always', context);
  await using flannel = await openFlannelPair('benchnetflannel');
  await checkAll({ overlay, flannel }, 'offload', context);
  using ours = new DatagramRates(overlay.from, overlay.to, () => overlay.forgetFlows());
  using peer = new DatagramRates(flannel.from, flannel.to, () => Promise.resolve());
  return await compareRates(FIGURE, { ours, peer }, context);
}

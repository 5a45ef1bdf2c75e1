// All figures, in the order in which they are measured.
import type { Figure } from './figure.ts';
import { cniAddBurst } from './figures/cni-add-burst.ts';
import { cniAddVsBridge } from './figures/cni-add-vs-bridge.ts';
import { policy100kVsNone } from './figures/policy-100k-vs-none.ts';
import { policy1kVsNft } from './figures/policy-1k-vs-nft.ts';
import { policyEnforcement } from './figures/policy-enforcement.ts';
import { policyTestRun } from './figures/policy-testrun.ts';
import { xdpRefuseVsXdpDrop } from './figures/xdp-refuse-vs-xdp-drop.ts';

export const FIGURES: readonly Figure[] = [
  policyTestRun,
  policyEnforcement,
  policy100kVsNone,
  policy1kVsNft,
  xdpRefuseVsXdpDrop,
  cniAddVsBridge,
  cniAddBurst,
];

/** Those whose names begin so. */
export function figuresNamed(prefixes: readonly string[]): readonly Figure[] {
  return FIGURES.filter(({ name }) => prefixes.some(prefix => name.startsWith(prefix)));
}

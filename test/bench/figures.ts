// All figures, in the order in which they are measured.
import type { Figure } from './figure.ts';
import { cniAddBurst } from './figures/cni-add-burst.ts';
import { cniAddVsBridge } from './figures/cni-add-vs-bridge.ts';
import { daemonScale } from './figures/daemon-scale.ts';
import { registrations } from './figures/registrations.ts';
import { endpoints50kVs2 } from './figures/endpoints-50k-vs-2.ts';
import { endpoints50kVs2Spread } from './figures/endpoints-50k-vs-2-spread.ts';
import { flowCache } from './figures/flow-cache.ts';
import { flowHistory } from './figures/flow-history.ts';
import { mapBytesPerEndpoint } from './figures/map-bytes-per-endpoint.ts';
import { podChanges } from './figures/pod-changes.ts';
import { policy100kVsNone } from './figures/policy-100k-vs-none.ts';
import { policy1kVsNft } from './figures/policy-1k-vs-nft.ts';
import { policyEnforcement } from './figures/policy-enforcement.ts';
import { policyTestRun } from './figures/policy-testrun.ts';
import { programCosts } from './figures/program-costs.ts';
import { rrOverlayVsNative } from './figures/rr-overlay-vs-native.ts';
import { sourceScale } from './figures/source-scale.ts';
import { tcpDirectOffload } from './figures/tcp-direct-offload.ts';
import { tcpDirectVsCalico } from './figures/tcp-direct-vs-calico.ts';
import { tcpOverlayOffload } from './figures/tcp-overlay-offload.ts';
import { tcpOverlayVsUdpBackend } from './figures/tcp-overlay-vs-udp-backend.ts';
import { tcpOverlayWire } from './figures/tcp-overlay-wire.ts';
import { tcpSamenodeVsBridge } from './figures/tcp-samenode-vs-bridge.ts';
import { udp64OverlayVsFlannel } from './figures/udp64-overlay-vs-flannel.ts';
import { xdpRefuseVsXdpDrop } from './figures/xdp-refuse-vs-xdp-drop.ts';

export const FIGURES: readonly Figure[] = [
  tcpOverlayOffload,
  tcpOverlayWire,
  tcpDirectOffload,
  tcpSamenodeVsBridge,
  udp64OverlayVsFlannel,
  rrOverlayVsNative,
  tcpDirectVsCalico,
  tcpOverlayVsUdpBackend,
  policyTestRun,
  programCosts,
  flowCache,
  policyEnforcement,
  policy100kVsNone,
  policy1kVsNft,
  endpoints50kVs2,
  endpoints50kVs2Spread,
  mapBytesPerEndpoint,
  xdpRefuseVsXdpDrop,
  cniAddVsBridge,
  cniAddBurst,
  registrations,
  daemonScale,
  sourceScale,
  podChanges,
  flowHistory,
];

/** Those whose names, or the names of whose results, begin so. */
export function figuresNamed(prefixes: readonly string[]): readonly Figure[] {
  return FIGURES.filter(({ name, results = [] }) =>
    [name, ...results].some(each => prefixes.some(prefix => each.startsWith(prefix))),
  );
}

/** The one of exactly that name. */
export function figureNamed(name: string): Figure | undefined {
  return FIGURES.find(figure => figure.name === name);
}

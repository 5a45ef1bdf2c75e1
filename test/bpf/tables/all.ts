// Every table there is, for the tests that ask something of all of them.
import type { Table } from '../../support/bpf/table.ts';
import { assuredFull, conntrackFull } from './conntrack-full.ts';
import { flowLifetimes } from './flow-lifetimes.ts';
import { forward } from './forward.ts';
import { overlayRx } from './overlay-rx.ts';
import { overlayTx, overlayTxWithoutForward } from './overlay-tx.ts';
import { podRx, podRxWithoutForward } from './pod-rx.ts';
import { podTxAnswer } from './pod-tx-answer.ts';
import { podTxDirect } from './pod-tx-direct.ts';
import { podTxHost } from './pod-tx-host.ts';
import { podTxLocal } from './pod-tx-local.ts';
import { podTxMtu } from './pod-tx-mtu.ts';
import { podTxNeighbour } from './pod-tx-neighbour.ts';
import { podTxOverlay } from './pod-tx-overlay.ts';
import { podTxService } from './pod-tx-service.ts';
import { podTxSource } from './pod-tx-source.ts';
import { podTxTtl } from './pod-tx-ttl.ts';
import { podTxTunnel } from './pod-tx-tunnel.ts';
import { policyPodTx } from './policy-pod-tx.ts';
import { policyPodTxWithoutForward } from './policy-pod-tx-without-forward.ts';
import { policyUplinkRx } from './policy-uplink-rx.ts';
import { policyInput } from './policy-input.ts';
import { policyForward } from './policy-forward.ts';
import { policyPodRx, policyPodRxWithoutForward } from './policy-pod-rx.ts';
import { policyOverlayTx, policyOverlayTxWithoutForward } from './policy-overlay-tx.ts';
import { policyExtensions } from './policy-extensions.ts';
import { policyFragmentExtensions } from './policy-fragment-extensions.ts';
import { policyLookup } from './policy-lookup.ts';
import { policyFragments, policyFragmentsReceived } from './policy-fragments.ts';
import { policyFragmentsWithoutForward } from './policy-fragments-without-forward.ts';
import { policyUplinkXdp, policyUplinkRxEveryPod } from './policy-uplink-xdp.ts';
import { unreadable } from './unreadable.ts';
import { uplinkRxDecap } from './uplink-rx-decap.ts';
import { overlayRxHandedOver, uplinkRxDecapOldKernel } from './uplink-rx-decap-old-kernel.ts';
import { uplinkRxForeign } from './uplink-rx-foreign.ts';
import { uplinkRxHostPath } from './uplink-rx-host-path.ts';
import { uplinkRxNative } from './uplink-rx-native.ts';
import { uplinkRxTunnel } from './uplink-rx-tunnel.ts';
import { uplinkTx, uplinkTxWithoutForward } from './uplink-tx.ts';
import { uplinkXdp } from './uplink-xdp.ts';
import { overlayTxWithoutVxlan, uplinkRxWithoutVxlan } from './without-kernel-vxlan.ts';

export const TABLES: readonly Table[] = [
  podTxSource,
  podTxService,
  podTxNeighbour,
  podTxLocal,
  podTxOverlay,
  podTxDirect,
  podTxHost,
  podTxTtl,
  podTxMtu,
  podTxTunnel,
  podTxAnswer,
  uplinkRxTunnel,
  uplinkRxDecap,
  uplinkRxDecapOldKernel,
  uplinkRxNative,
  uplinkRxForeign,
  uplinkRxHostPath,
  uplinkXdp,
  uplinkTx,
  uplinkTxWithoutForward,
  overlayTx,
  overlayTxWithoutForward,
  overlayTxWithoutVxlan,
  uplinkRxWithoutVxlan,
  overlayRx,
  overlayRxHandedOver,
  podRx,
  podRxWithoutForward,
  forward,
  policyPodTx,
  policyPodTxWithoutForward,
  policyUplinkRx,
  policyForward,
  policyInput,
  policyPodRx,
  policyPodRxWithoutForward,
  policyOverlayTx,
  policyOverlayTxWithoutForward,
  policyExtensions,
  policyFragmentExtensions,
  policyLookup,
  policyFragments,
  policyFragmentsReceived,
  policyFragmentsWithoutForward,
  policyUplinkXdp,
  policyUplinkRxEveryPod,
  flowLifetimes,
  conntrackFull,
  assuredFull,
  ...unreadable,
];

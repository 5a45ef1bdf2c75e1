// Desired rows of hd_iface: pods' devices and uplinks.
import { NO_MAC, type IfaceRow } from './table-rows.ts';
import type { LocalNode, LocalPod, TablesInput } from './tables-input.ts';

export function ifaceRows(input: TablesInput): IfaceRow[] {
  const { facts, localPods, guardedUplinks } = input;
  return [
    ...facts.uplinks.map(({ ifindex }) => uplinkIfaceRow(ifindex, guardedUplinks)),
    ...localPods.map(local => podIfaceRow(input, local)),
  ];
}

/** hd_iface's row for a pod's device. */
export function podIfaceRow({ tunnel }: LocalNode, { attachment, ifindex, slowPath }: LocalPod): IfaceRow {
  const { podId, podMac: mac } = attachment;
  const flags = slowPath ? (['IFACE_SLOW_PATH'] as const) : [];
  return { key: { ifindex }, value: { kind: 'IFACE_POD', vni: tunnel.vni, podId, mac, flags } };
}

function uplinkIfaceRow(ifindex: number, guarded: readonly number[]): IfaceRow {
  const flags = guarded.includes(ifindex) ? (['IFACE_GUARDED'] as const) : [];
  return { key: { ifindex }, value: { kind: 'IFACE_UPLINK', vni: 0, podId: 0, mac: NO_MAC, flags } };
}

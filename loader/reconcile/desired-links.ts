// Which program belongs on which device.
import type { Config } from '../config.ts';
import type { DesiredLink, Device } from '../datapath/desired-link.ts';
import type { LocalPod } from '../model/dataplane-input.ts';

export interface NodeLinks {
  readonly uplink: Device;
  /** The uplink's link kind as rtnetlink tells it; undefined for hardware. */
  readonly uplinkKind: string | undefined;
  readonly overlay: Device;
  readonly pods: readonly LocalPod[];
}

export function desiredLinks(
  { uplink, uplinkKind, overlay, pods }: NodeLinks,
  xdp: Config['xdp'],
): DesiredLink[] {
  return [
    ...pods.flatMap(podLinks),
    { hook: 'overlay_rx', device: overlay },
    { hook: 'overlay_tx', device: overlay },
    { hook: 'forward' },
    ...(xdp === 'off'
      ? []
      : [{ hook: 'uplink_xdp', device: uplink, mode: xdp, deviceKind: uplinkKind } as const]),
    { hook: 'uplink_rx', device: uplink },
  ];
}

function podLinks({ attachment, ifindex }: LocalPod): DesiredLink[] {
  const device = { ifindex, name: attachment.hostInterface };
  return [
    { hook: 'pod_tx', device },
    { hook: 'pod_rx', device },
  ];
}

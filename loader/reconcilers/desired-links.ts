// Computes the desired links: programs by device.
import type { Config } from '../config.ts';
import type { DesiredLink, Device } from '../programs/desired-link.ts';
import type { LocalPod } from '../model/tables-input.ts';
import type { Uplink } from '../network/uplink.ts';
import type { ClosedDevice } from './local-pods.ts';

export interface NodeLinks {
  readonly uplinks: readonly Pick<Uplink, 'ifindex' | 'name' | 'isVeth'>[];
  readonly overlayIfindex: number;
  readonly pods: readonly LocalPod[];
  /** Pods' devices without an attachment. */
  readonly closed: readonly ClosedDevice[];
}

export function desiredLinks(
  { uplinks, overlayIfindex, pods, closed }: NodeLinks,
  { overlayDevice, xdp }: Pick<Config, 'overlayDevice' | 'xdp'>,
): DesiredLink[] {
  const overlay: Device = { ifindex: overlayIfindex, name: overlayDevice };
  return [
    ...pods.flatMap(({ attachment, ifindex }) => podLinks({ ifindex, name: attachment.hostInterface })),
    ...closed.flatMap(podLinks),
    { hook: 'overlay_rx', device: overlay },
    { hook: 'overlay_tx', device: overlay },
    ...uplinks.flatMap(uplink => uplinkLinks(uplink, xdp)),
    { hook: 'forward' },
    { hook: 'input' },
    { hook: 'postrouting' },
  ];
}

function uplinkLinks(
  { ifindex, name, isVeth }: NodeLinks['uplinks'][number],
  xdp: Config['xdp'],
): DesiredLink[] {
  const device: Device = { ifindex, name };
  const deviceKind = isVeth ? 'veth' : undefined;
  return [
    ...(xdp === 'off' ? [] : [{ hook: 'uplink_xdp', device, mode: xdp, deviceKind } as const]),
    { hook: 'uplink_rx', device },
    { hook: 'uplink_tx', device },
  ];
}

function podLinks(device: Device): DesiredLink[] {
  return [
    { hook: 'pod_tx', device },
    { hook: 'pod_rx', device },
  ];
}

// Which program belongs on which device.
import type { Config } from '../config.ts';
import type { DesiredLink, Device } from '../datapath/desired-link.ts';
import type { LocalPod } from '../model/dataplane-input.ts';
import type { Uplink } from '../network/uplink.ts';

export interface NodeLinks {
  readonly uplink: Pick<Uplink, 'ifindex' | 'name' | 'isVeth'>;
  readonly overlayIfindex: number;
  readonly pods: readonly LocalPod[];
}

export function desiredLinks(
  { uplink: { ifindex, name, isVeth }, overlayIfindex, pods }: NodeLinks,
  { overlayDevice, xdp }: Pick<Config, 'overlayDevice' | 'xdp'>,
): DesiredLink[] {
  const uplink: Device = { ifindex, name };
  const overlay: Device = { ifindex: overlayIfindex, name: overlayDevice };
  const deviceKind = isVeth ? 'veth' : undefined;
  return [
    ...pods.flatMap(podLinks),
    { hook: 'overlay_rx', device: overlay },
    { hook: 'overlay_tx', device: overlay },
    { hook: 'forward' },
    { hook: 'input' },
    { hook: 'postrouting' },
    ...(xdp === 'off' ? [] : [{ hook: 'uplink_xdp', device: uplink, mode: xdp, deviceKind } as const]),
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

// Which program is to be attached where.
import type { NetfilterHook, TcxHook } from './hook.ts';

export interface Device {
  readonly ifindex: number;
  /** Names the pin only: the kernel knows devices by index. */
  readonly name: string;
}

/** `auto`: native where that is no loss, otherwise not at all. */
export type XdpMode = 'auto' | 'native' | 'generic';

export type DesiredLink =
  | { readonly hook: TcxHook; readonly device: Device }
  | {
      readonly hook: 'uplink_xdp';
      readonly device: Device;
      readonly mode: XdpMode;
      /** The device's link kind as rtnetlink tells it ('veth', undefined for hardware). */
      readonly deviceKind: string | undefined;
    }
  /** Both families, in the process's own network namespace. */
  | { readonly hook: NetfilterHook };

/** Those that belong to a device. */
export type DeviceLink = Extract<DesiredLink, { readonly device: Device }>;

export function isDeviceLink(link: DesiredLink): link is DeviceLink {
  return 'device' in link;
}

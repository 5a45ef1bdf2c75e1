// Type of a desired link: a program and where it is attached.
import type { NetfilterHook, TcxHook } from './hook.ts';

export interface Device {
  readonly ifindex: number;
  /** Names the pin only; the kernel identifies devices by index. */
  readonly name: string;
}

/** `auto`: native, except on devices that native XDP makes slower; those get none. */
export type XdpMode = 'auto' | 'native' | 'generic';

export type DesiredLink =
  | { readonly hook: TcxHook; readonly device: Device }
  | {
      readonly hook: 'uplink_xdp';
      readonly device: Device;
      readonly mode: XdpMode;
      /** The device's link kind as rtnetlink reports it ('veth', undefined for hardware). */
      readonly deviceKind: string | undefined;
    }
  /** Attached for both families, in the process's own network namespace. */
  | { readonly hook: NetfilterHook };

/** Links on a device. */
export type DeviceLink = Extract<DesiredLink, { readonly device: Device }>;

export function isDeviceLink(link: DesiredLink): link is DeviceLink {
  return 'device' in link;
}

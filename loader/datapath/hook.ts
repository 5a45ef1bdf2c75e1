// Where each program is attached.
import type { Direction } from 'libbpf-ts';
import type { HookName } from '../abi/hook-name.ts';

/** Hooks of a device's tcx, and on which side of the device they are. */
export const TCX_HOOKS = {
  pod_tx: 'ingress',
  pod_rx: 'egress',
  uplink_rx: 'ingress',
  overlay_tx: 'egress',
  overlay_rx: 'ingress',
} as const satisfies Partial<Record<HookName, Direction>>;

export type TcxHook = keyof typeof TCX_HOOKS;

export function isTcxHook(hook: HookName): hook is TcxHook {
  return Object.hasOwn(TCX_HOOKS, hook);
}

export type NetfilterFamily = 'ipv4' | 'ipv6';
export const NETFILTER_FAMILIES: readonly NetfilterFamily[] = ['ipv4', 'ipv6'];

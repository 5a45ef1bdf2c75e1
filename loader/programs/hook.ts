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

/**
 * Programs in netfilter: at which of its hooks, and from which priority on. Each takes the first that is free, since
 * the kernel can neither update such a link nor have two hooks of one priority. No range meets another one, nor NAT's
 * (-100 and 100) and IPVS' (98 and 99).
 */
export const NETFILTER_HOOKS = {
  /** Behind DNAT and the filter table (0), so that what a firewall drops is never entered as a flow. */
  forward: { point: 'forward', firstPriority: 10 },
  /** Behind the filter table, INPUT's SNAT and IPVS, whose addresses are Services and not this node's. */
  input: { point: 'input', firstPriority: 200 },
  /** Behind SNAT: where netfilter has changed the source, answers ask for that. */
  postrouting: { point: 'postrouting', firstPriority: 220 },
} as const satisfies Partial<Record<HookName, { point: NetfilterPoint; firstPriority: number }>>;

/** How many priorities each of them may try. */
export const NETFILTER_PRIORITIES = 16;

export type NetfilterPoint = 'forward' | 'input' | 'postrouting';
export type NetfilterHook = keyof typeof NETFILTER_HOOKS;

export function isNetfilterHook(hook: HookName): hook is NetfilterHook {
  return Object.hasOwn(NETFILTER_HOOKS, hook);
}

export type NetfilterFamily = 'ipv4' | 'ipv6';
export const NETFILTER_FAMILIES: readonly NetfilterFamily[] = ['ipv4', 'ipv6'];

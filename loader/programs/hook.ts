// Attach points of the programs.
import type { Direction } from 'libbpf-ts';
import type { HookName } from '../abi/hook-name.ts';

/** tcx hooks and their direction. */
export const TCX_HOOKS = {
  pod_tx: 'ingress',
  pod_rx: 'egress',
  uplink_rx: 'ingress',
  uplink_tx: 'egress',
  overlay_tx: 'egress',
  overlay_rx: 'ingress',
} as const satisfies Partial<Record<HookName, Direction>>;

export type TcxHook = keyof typeof TCX_HOOKS;

export function isTcxHook(hook: HookName): hook is TcxHook {
  return Object.hasOwn(TCX_HOOKS, hook);
}

/**
 * Netfilter hooks of the programs, and the first priority that each tries. A link takes the first free priority: the
 * kernel cannot update a netfilter link, and refuses two BPF hooks at one priority. The ranges overlap neither each
 * other nor NAT's priorities (-100 and 100) and IPVS' (98 and 99).
 */
export const NETFILTER_HOOKS = {
  /** After DNAT and the filter table (0), so that packets that a firewall drops create no flow. */
  forward: { point: 'forward', firstPriority: 10 },
  /** After the filter table, INPUT's SNAT and IPVS, whose addresses are Services and not this node's. */
  input: { point: 'input', firstPriority: 200 },
  /** After SNAT: records the source that netfilter chose, which replies are addressed to. */
  postrouting: { point: 'postrouting', firstPriority: 220 },
} as const satisfies Partial<Record<HookName, { point: NetfilterPoint; firstPriority: number }>>;

/** Number of priorities that each hook may try. */
export const NETFILTER_PRIORITIES = 16;

export type NetfilterPoint = 'forward' | 'input' | 'postrouting';
export type NetfilterHook = keyof typeof NETFILTER_HOOKS;

export function isNetfilterHook(hook: HookName): hook is NetfilterHook {
  return Object.hasOwn(NETFILTER_HOOKS, hook);
}

export type NetfilterFamily = 'ipv4' | 'ipv6';
export const NETFILTER_FAMILIES: readonly NetfilterFamily[] = ['ipv4', 'ipv6'];

// What a hook must answer the kernel for a verdict: no forward under the name of a drop, no drop in silence.
import type { HookName } from './table.ts';

const TC = { next: -1, shot: 2, redirect: 7 } as const;
const XDP = { drop: 1, pass: 2, redirect: 4 } as const;
const NETFILTER = { drop: 0, accept: 1 } as const;

/** The return value that belongs to `verdict`; DELIVER_, ANSWER_, PASS_ and DROP_ are its classes. */
export function actionOf(hook: HookName, verdict: string): number {
  if (hook === 'forward') return verdict.startsWith('DROP_') ? NETFILTER.drop : NETFILTER.accept;
  const actions = hook === 'uplink_xdp' ? { ...XDP, next: XDP.pass, shot: XDP.drop } : TC;
  if (verdict.startsWith('DROP_')) return actions.shot;
  return verdict.startsWith('PASS_') ? actions.next : actions.redirect;
}

// What a hook answers the kernel for a verdict: no forward under the name of a drop, no drop in silence.
import type { HookName } from './table.ts';
import { isNetfilterHook } from '../../../loader/programs/hook.ts';

export type Action = 'next' | 'drop' | 'redirect';

const TC = { next: -1, drop: 2, redirect: 7 } as const;
const XDP = { next: 2, drop: 1, redirect: 4 } as const;
const NETFILTER = { next: 1, drop: 0, redirect: -1 } as const;

/** The class that a verdict's name says it is of; a packet that passes may still take a way of ours. */
export function actionOf(verdict: string): Action {
  if (verdict.startsWith('DROP_')) return 'drop';
  return verdict.startsWith('PASS_') ? 'next' : 'redirect';
}

/** The hook's return value in words. */
export function actionName(hook: HookName, returnValue: number): Action | number {
  const actions = isNetfilterHook(hook) ? NETFILTER : hook === 'uplink_xdp' ? XDP : TC;
  const names = ['next', 'drop', 'redirect'] as const;
  return names.find(name => actions[name] === returnValue) ?? returnValue;
}

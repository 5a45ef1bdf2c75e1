// The kernel's switch that expedites RCU grace periods: a lab or a run beside us may have it on for a moment.
import { readFileSync } from 'node:fs';
import { until } from './until.ts';

export const EXPEDITED_SWITCH = '/sys/kernel/rcu_expedited';

/** Whether it is off. */
export function isExpeditedOff(): Promise<boolean> {
  return until(() => readFileSync(EXPEDITED_SWITCH, 'utf8').trim() === '0');
}

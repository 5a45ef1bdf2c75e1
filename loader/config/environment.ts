// Reads settings from environment variables HEDDLE_*.
import type { Assignment, Assignments } from './assignment.ts';
import { configKeys } from './keys.ts';
import { nearestOf } from './nearest.ts';

const PREFIX = 'HEDDLE_';
/** Names the configuration file. */
export const CONFIG_VARIABLE = 'HEDDLE_CONFIG';

const byVariable = new Map(configKeys.map(key => [key.variable, key]));

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Refuses a HEDDLE_ variable that is nearly one of ours. Others are left alone: Kubernetes puts HEDDLE_SERVICE_HOST and
 * its like into every container of a namespace with a Service named heddle.
 */
export function readEnvironment(env: Environment): Assignments {
  const assignments: Assignment[] = [];
  const problems: string[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (value === undefined || !variable.startsWith(PREFIX) || variable === CONFIG_VARIABLE) continue;
    const key = byVariable.get(variable);
    if (key !== undefined) assignments.push({ key: key.key, value, origin: variable, isText: true });
    else {
      const nearest = nearestOf(variable.slice(PREFIX.length), suffixes);
      if (nearest !== undefined)
        problems.push(`unknown environment variable ${variable}, did you mean ${PREFIX}${nearest}?`);
    }
  }
  return { assignments, problems };
}

const suffixes = [...byVariable.keys()].map(variable => variable.slice(PREFIX.length));

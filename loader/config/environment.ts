// Reads settings from environment variables HEDDLE_*.
import type { Assignment, Assignments } from './assignment.ts';
import { configKeys } from './keys.ts';
import { assign, settingsByName } from './former-names.ts';
import { nearestOf } from './nearest.ts';

const PREFIX = 'HEDDLE_';
/** Names the configuration file. */
export const CONFIG_VARIABLE = 'HEDDLE_CONFIG';

const byVariable = settingsByName('variable');

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Rejects a HEDDLE_ variable that is a likely misspelling of a setting's. Other variables are ignored: Kubernetes sets
 * HEDDLE_SERVICE_HOST and others in every container of a namespace with a Service named heddle.
 */
export function readEnvironment(env: Environment): Assignments {
  const assignments: Assignment[] = [];
  const problems: string[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (value === undefined || !variable.startsWith(PREFIX) || variable === CONFIG_VARIABLE) continue;
    const named = byVariable.get(variable);
    if (named !== undefined) assignments.push(assign(named, { value, origin: variable, isText: true }));
    else {
      const nearest = nearestOf(variable.slice(PREFIX.length), suffixes);
      if (nearest !== undefined)
        problems.push(`unknown environment variable ${variable}, did you mean ${PREFIX}${nearest}?`);
    }
  }
  return { assignments, problems };
}

const suffixes = configKeys.map(({ variable }) => variable.slice(PREFIX.length));

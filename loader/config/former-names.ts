// Settings under a former name: read for one release, with a warning that names the new one.
import type { Assignment } from './assignment.ts';
import { configKeys, type ConfigKey, type SettingNames } from './keys.ts';

/** The place that a setting is given in: each has its own form of the name. */
type Form = keyof SettingNames;

export interface NamedSetting {
  readonly setting: ConfigKey;
  /** Absent for the current name. */
  readonly warning?: string;
}

/** Settings by every name that is read in one form, former names included. */
export function settingsByName(form: Form): ReadonlyMap<string, NamedSetting> {
  const named = new Map<string, NamedSetting>();
  for (const setting of configKeys) {
    for (const former of setting.formerNames)
      named.set(former[form], { setting, warning: renamed(former[form], setting[form]) });
    named.set(setting[form], { setting });
  }
  return named;
}

export function assign(
  { setting: { key }, warning }: NamedSetting,
  given: Pick<Assignment, 'value' | 'origin' | 'isText'>,
): Assignment {
  return { key, ...given, ...(warning !== undefined && { warning }) };
}

/** One sentence for each setting that one place gives under a former name and under its current one. */
export function givenTwice(assignments: readonly Assignment[]): string[] {
  return assignments.flatMap(({ key, warning }) => {
    const same = assignments.filter(other => other.key === key);
    if (warning === undefined || same.every(other => other.warning !== undefined)) return [];
    const origins = same.map(({ origin }) => origin).join(', ');
    return [`${key} is given twice (${origins}): remove the former name`];
  });
}

function renamed(former: string, current: string): string {
  return `${former} is now ${current}: rename it, the next release does not read the former name`;
}

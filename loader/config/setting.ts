// The texts of a setting beside its type: errors, flags and the documentation are generated from them.
import * as z from 'zod';

export interface SettingText {
  /** One sentence without its full stop. */
  readonly help: string;
  /** The values that are accepted, to follow "write …". */
  readonly expects: string;
  /** Describes a default that is computed. */
  readonly defaultText?: string;
  /** Former keys: read for one release, with a warning. */
  readonly formerly?: readonly string[];
}

const texts = z.registry<SettingText>();

/** A leaf of the configuration's schema. */
export function setting<T extends z.ZodType>(schema: T, text: SettingText): T {
  texts.add(schema, text);
  return schema;
}

export function settingText(schema: z.ZodType): SettingText | undefined {
  return texts.get(schema);
}

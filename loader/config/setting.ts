// What a setting says of itself beside its type: the texts that errors, flags and the documentation are made of.
import { z } from 'zod';

export interface SettingText {
  /** What it does, as a sentence without its full stop. */
  readonly help: string;
  /** What may be written, continuing "write …". */
  readonly expects: string;
  /** How the default reads when it is computed. */
  readonly defaultText?: string;
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

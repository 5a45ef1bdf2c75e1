// The settings as a list, derived from the schema: each with its dotted key, flag and environment variable.
import * as z from 'zod';
import { configSchema } from './schema.ts';
import { settingText, type SettingText } from './setting.ts';

/** The names of one setting: in the file, on the command line and in the environment. */
export interface SettingNames {
  /** 'tunnel.sourcePortMin'. */
  readonly key: string;
  /** '--tunnel-source-port-min'. */
  readonly flag: string;
  /** 'HEDDLE_TUNNEL_SOURCE_PORT_MIN'. */
  readonly variable: string;
}

export interface ConfigKey extends SettingText, SettingNames {
  readonly formerNames: readonly SettingNames[];
  /** Its flag needs no value, and has a `--no-` form. */
  readonly isBoolean: boolean;
  readonly defaultText: string;
  readonly schema: z.ZodType;
}

/** In the schema's order. */
export const configKeys: readonly ConfigKey[] = leaves(configSchema, '');

function leaves(schema: z.ZodType, key: string): ConfigKey[] {
  const text = settingText(schema);
  if (text !== undefined) return [configKey(schema, key, text)];
  const section = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  if (!(section instanceof z.ZodObject)) throw new TypeError(`${key} is neither a setting nor a section`);
  return Object.entries(section.shape as Record<string, z.ZodType>).flatMap(([name, part]) =>
    leaves(part, key === '' ? name : `${key}.${name}`),
  );
}

function configKey(schema: z.ZodType, key: string, text: SettingText): ConfigKey {
  return {
    ...text,
    ...settingNames(key),
    formerNames: (text.formerly ?? []).map(settingNames),
    isBoolean: schema.safeParse(true).success,
    defaultText: text.defaultText ?? `\`${String(schema.parse(undefined))}\``,
    schema,
  };
}

function settingNames(key: string): SettingNames {
  const words = key.replaceAll('.', '-').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
  return { key, flag: `--${words}`, variable: `HEDDLE_${words.replaceAll('-', '_').toUpperCase()}` };
}

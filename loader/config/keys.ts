// The settings as a list: each with its dotted key, flag and environment variable, derived from the schema.
import { z } from 'zod';
import { configSchema } from './schema.ts';
import { settingText, type SettingText } from './setting.ts';

export interface ConfigKey extends SettingText {
  /** 'tunnel.sourcePortMin'. */
  readonly key: string;
  /** '--tunnel-source-port-min'. */
  readonly flag: string;
  /** 'HEDDLE_TUNNEL_SOURCE_PORT_MIN'. */
  readonly variable: string;
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
  const words = key.replaceAll('.', '-').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
  return {
    ...text,
    key,
    flag: `--${words}`,
    variable: `HEDDLE_${words.replaceAll('-', '_').toUpperCase()}`,
    isBoolean: schema.safeParse(true).success,
    defaultText: text.defaultText ?? `\`${String(schema.parse(undefined))}\``,
    schema,
  };
}

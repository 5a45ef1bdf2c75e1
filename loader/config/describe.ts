// The effective configuration with the origin of each value, and the table of all keys for the documentation.
import { configKeys, type ConfigKey } from './keys.ts';
import type { Config } from './schema.ts';

export interface EffectiveSetting {
  readonly key: string;
  /** Null: no value. */
  readonly value: string | number | boolean | null;
  /** '--tunnel-port', 'HEDDLE_TUNNEL_PORT', '/etc/heddle/heddled.yaml:7' or 'default'. */
  readonly origin: string;
}

/** Every setting in the schema's order, as `heddled --print-config` prints it. */
export function effectiveSettings(config: Config, origins: ReadonlyMap<string, string>): EffectiveSetting[] {
  return configKeys.map(({ key }) => ({
    key,
    value: valueOf(config, key),
    origin: origins.get(key) ?? 'default',
  }));
}

/** A Markdown table of every key. */
export function configTable(): string {
  const rows = configKeys.map(key =>
    [
      `\`${key.key}\``,
      `\`${key.flag}\``,
      `\`${key.variable}\``,
      key.defaultText,
      `${key.help}: ${key.expects}${formerly(key)}`,
    ].join(' | '),
  );
  return [
    '| key | flag | environment | default | meaning |',
    '|---|---|---|---|---|',
    ...rows.map(row => `| ${row} |`),
  ].join('\n');
}

function formerly({ formerNames }: ConfigKey): string {
  return formerNames.map(({ key }) => `; formerly \`${key}\``).join('');
}

function valueOf(config: Config, key: string): string | number | boolean | null {
  const value = key
    .split('.')
    .reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], config);
  return (value ?? null) as string | number | boolean | null;
}

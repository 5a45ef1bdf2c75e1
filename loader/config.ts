// The daemon's configuration: flags over environment over file over defaults, validated once, before anything is done.
import { hostname as osHostname } from 'node:os';
import { CONFIG_VARIABLE, readEnvironment, type Environment } from './config/environment.ts';
import { effectiveSettings, type EffectiveSetting } from './config/describe.ts';
import { readConfigFile } from './config/file.ts';
import { CONFIG_FLAG, readFlags } from './config/flags.ts';
import { resolveConfig } from './config/resolve.ts';
import type { Assignments } from './config/assignment.ts';
import type { Config } from './config/schema.ts';
import { HeddleError } from './errors.ts';

export type { Config } from './config/schema.ts';

export const DEFAULT_CONFIG_PATH = '/etc/heddle/heddled.yaml';

export interface ConfigInputs {
  /** The settings of a command line, and `--config PATH`; no other words. */
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Answers `undefined` for a file that does not exist, and throws for one that cannot be read. */
  readonly readFile: (path: string) => string | undefined;
  /** Default of `nodeName`; absent: the machine's. */
  readonly hostname?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Every setting with its value and where that came from. */
  readonly settings: readonly EffectiveSetting[];
}

/** Throws `INVALID_CONFIG` with one sentence a line for everything that is wrong. */
export function loadConfig(inputs: ConfigInputs): Config {
  return loadConfigWithOrigins(inputs).config;
}

/** As `loadConfig`, and says where each value came from. */
export function loadConfigWithOrigins(inputs: ConfigInputs): LoadedConfig {
  const flags = readFlags(inputs.argv);
  const environment = readEnvironment(inputs.env);
  const file = readFileOf(inputs, flags.configPath);
  const places: readonly Assignments[] = [file, environment, flags];
  const resolved = resolveConfig(
    places.flatMap(place => place.assignments),
    inputs.hostname ?? osHostname(),
  );
  const problems = [...places.flatMap(place => place.problems), ...resolved.problems];
  if (resolved.config === undefined || problems.length > 0)
    throw new HeddleError('INVALID_CONFIG', problems.join('\n'));
  return { config: resolved.config, settings: effectiveSettings(resolved.config, resolved.origins) };
}

/** Only the file at the default path may be missing: one that was named is meant. */
function readFileOf(inputs: ConfigInputs, flagPath: string | undefined): Assignments {
  const named = flagPath ?? inputs.env[CONFIG_VARIABLE];
  const path = named ?? DEFAULT_CONFIG_PATH;
  try {
    const text = inputs.readFile(path);
    if (text !== undefined) return readConfigFile(path, text);
  } catch (error) {
    return { assignments: [], problems: [`cannot read the configuration ${path}: ${reasonOf(error)}`] };
  }
  if (named === undefined) return { assignments: [], problems: [] };
  const origin = flagPath === undefined ? CONFIG_VARIABLE : CONFIG_FLAG;
  return { assignments: [], problems: [`the configuration file ${path} (${origin}) does not exist`] };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

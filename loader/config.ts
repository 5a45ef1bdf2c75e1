// The daemon's configuration: flags over environment over file over defaults, validated once at the start.
import { hostname as osHostname } from 'node:os';
import { CONFIG_VARIABLE, readEnvironment, type Environment } from './config/environment.ts';
import { effectiveSettings, type EffectiveSetting } from './config/describe.ts';
import { readConfigFile } from './config/file.ts';
import { CONFIG_FLAG, readFlags } from './config/flags.ts';
import { resolveConfig } from './config/resolve.ts';
import type { Assignments } from './config/assignment.ts';
import { givenTwice } from './config/former-names.ts';
import type { Config } from './config/schema.ts';
import { messageOf, RefusedConfig } from './errors.ts';

export type { Config } from './config/schema.ts';

export const DEFAULT_CONFIG_PATH = '/etc/heddle/heddled.yaml';

export interface ConfigInputs {
  /** Settings as flags, and `--config PATH`; no other arguments. */
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Returns `undefined` for a file that does not exist; throws for one that cannot be read. */
  readonly readFile: (path: string) => string | undefined;
  /** Default of `nodeName`; absent: the machine's hostname. */
  readonly hostname?: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Every setting with its value and its origin. */
  readonly settings: readonly EffectiveSetting[];
  /** One sentence for each setting that was given under a former name. */
  readonly warnings: readonly string[];
}

/** Throws `RefusedConfig`: one line for each problem, all problems at once. */
export function loadConfig(inputs: ConfigInputs): Config {
  return loadConfigWithOrigins(inputs).config;
}

/** As `loadConfig`, with the origin of each value. */
export function loadConfigWithOrigins(inputs: ConfigInputs): LoadedConfig {
  const flags = readFlags(inputs.argv);
  const environment = readEnvironment(inputs.env);
  const file = readFileOf(inputs, flags.configPath);
  const places: readonly Assignments[] = [file, environment, flags];
  const resolved = resolveConfig(
    places.flatMap(place => place.assignments),
    inputs.hostname ?? osHostname(),
  );
  const problems = [
    ...places.flatMap(({ assignments, problems }) => [...problems, ...givenTwice(assignments)]),
    ...resolved.problems,
  ];
  if (resolved.config === undefined || problems.length > 0) throw new RefusedConfig(problems);
  return {
    config: resolved.config,
    settings: effectiveSettings(resolved.config, resolved.origins),
    warnings: places.flatMap(({ assignments }) => assignments.flatMap(({ warning }) => warning ?? [])),
  };
}

/** A file that was named must exist; the one at the default path may be missing. */
function readFileOf(inputs: ConfigInputs, flagPath: string | undefined): Assignments {
  const named = flagPath ?? inputs.env[CONFIG_VARIABLE];
  const path = named ?? DEFAULT_CONFIG_PATH;
  try {
    const text = inputs.readFile(path);
    if (text !== undefined) return readConfigFile(path, text);
  } catch (error) {
    return withProblem(`cannot read the configuration ${path}: ${messageOf(error)}`);
  }
  if (named === undefined) return { assignments: [], problems: [] };
  const origin = flagPath === undefined ? CONFIG_VARIABLE : CONFIG_FLAG;
  return withProblem(`the configuration file ${path} (${origin}) does not exist`);
}

function withProblem(problem: string): Assignments {
  return { assignments: [], problems: [problem] };
}

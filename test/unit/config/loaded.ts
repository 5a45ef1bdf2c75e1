// Loads a configuration from given places, with no file unless one is given.
import { loadConfig, type Config } from '../../../loader/config.ts';
import { HeddleError } from '../../../loader/errors.ts';

export interface Places {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Texts by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly hostname?: string;
}

export function loaded({ argv = [], env = {}, files = {}, hostname = 'node-a' }: Places = {}): Config {
  return loadConfig({ argv, env, hostname, readFile: path => files[path] });
}

/** The sentences that loading answers with; empty when it succeeds. */
export function sentences(places: Places): readonly string[] {
  try {
    loaded(places);
    return [];
  } catch (error) {
    if (!(error instanceof HeddleError) || error.code !== 'INVALID_CONFIG') throw error;
    return error.message.split('\n');
  }
}

// SIGHUP: the configuration is read again. The log's level changes at once; everything else is what the daemon was built with.
import type { Logger } from 'pino';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../../loader/config.ts';
import { messageOf } from '../../loader/errors.ts';

/** `config`: of the start. A configuration that is wrong changes nothing. */
export function reload(logger: Logger, config: Config, load: () => { readonly config: Config }): void {
  try {
    const now = load().config;
    logger.level = now.log.level;
    const waiting = changedSettings(config, now);
    const rest = waiting.length === 0 ? '' : `; these wait for a restart: ${waiting.join(', ')}`;
    logger.info(
      { signal: 'SIGHUP' },
      `the configuration was read again: log.level is ${now.log.level}, credentials are read with each connection${rest}`,
    );
  } catch (error) {
    logger.error(
      { signal: 'SIGHUP' },
      `the configuration cannot be read again, nothing changes: ${messageOf(error)}`,
    );
  }
}

function changedSettings(before: Config, after: Config): string[] {
  const withoutLevel = (config: Config): object => ({ ...config, log: { ...config.log, level: '' } });
  const [from, to] = [
    new Map(Object.entries(withoutLevel(before))),
    new Map(Object.entries(withoutLevel(after))),
  ];
  return [...to].filter(([name, value]) => !isDeepStrictEqual(value, from.get(name))).map(([name]) => name);
}

// Warnings of Node.js (deprecations, leaks of listeners) as lines of the log: text on stderr is no JSON.
import type { Logger } from 'pino';

/** In place of Node's own listener, which prints them. */
export function logWarnings(logger: Logger): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message, stack }) => logger.warn({ warning: name, stack }, message));
}

// The daemon's log: JSON lines, or lines of text.
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config } from '../../loader/config.ts';

export function createLogger({ log, nodeName }: Config): Logger {
  const options = {
    level: log.level,
    base: { node: nodeName },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return log.format === 'json'
    ? pino(options, pino.destination({ sync: true }))
    : pino(options, textStream());
}

/** `2026-01-02T03:04:05.678Z info hd_route: 2 rows written` */
function textStream(): DestinationStream {
  return {
    write(line) {
      const { time, level, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
      delete rest['node']; // the same on every line
      const details = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
      process.stdout.write(`${String(time)} ${String(level)} ${String(msg)}${details}\n`);
    },
  };
}

// The daemon's log: JSON lines, or lines of text.
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config } from '../../loader/config.ts';
import { LogStream } from './log-stream.ts';

export function createLogger({ log, nodeName }: Config): Logger {
  const options = {
    level: log.level,
    base: { node: nodeName },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const lost = (lines: number): string => `${lines} lines of the log could not be written`;
  const out = new LogStream(lines =>
    log.format === 'json'
      ? `${JSON.stringify({ level: 'warn', node: nodeName, msg: lost(lines) })}\n`
      : `${lost(lines)}\n`,
  );
  return log.format === 'json' ? pino(options, out) : pino(options, textStream(out));
}

/** `2026-01-02T03:04:05.678Z info hd_route: 2 rows written` */
function textStream(out: DestinationStream): DestinationStream {
  return {
    write(line) {
      const { time, level, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
      delete rest['node']; // the same on every line
      const details = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
      out.write(`${String(time)} ${String(level)} ${String(msg)}${details}\n`);
    },
  };
}

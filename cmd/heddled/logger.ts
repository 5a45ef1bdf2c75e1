// The daemon's log: JSON lines, or lines of text.
import { pino, type DestinationStream, type LogFn, type Logger } from 'pino';
import type { Config } from '../../loader/config.ts';
import { oneLine } from '../../loader/config/printable.ts';
import { LineLimit } from './line-limit.ts';
import { LogStream } from './log-stream.ts';

/** Lines of one cause a minute. */
const BURST = 5;
const WINDOW_MS = 60_000;
/** Lines below it are written only at a lower level. */
const INFO = 30;

export function createLogger({ log, nodeName }: Config): Logger {
  const lost = (lines: number): string => `${lines} lines of the log could not be written`;
  const out = new LogStream(lines =>
    log.format === 'json'
      ? `${JSON.stringify({ level: 'warn', node: nodeName, msg: lost(lines) })}\n`
      : `${lost(lines)}\n`,
  );
  let isCount = false;
  const limit = new LineLimit({
    burst: BURST,
    windowMs: WINDOW_MS,
    onCount: (level, count, text) => {
      isCount = true;
      logger[level > INFO ? 'warn' : 'info'](
        { count },
        `${count} more lines like this within a minute: ${text}`,
      );
      isCount = false;
    },
  });
  const options = {
    level: log.level,
    base: { node: nodeName },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: {
      logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn, level: number): void {
        const { isFree, part, text } = lineOf(args);
        if (level < INFO || isCount || isFree || limit.admits(level, part, text)) method.apply(this, args);
      },
    },
  };
  const logger: Logger = log.format === 'json' ? pino(options, out) : pino(options, textStream(out));
  return logger;
}

/** Lines with `audit` are each about one act of a person: none is left out. */
function lineOf([first, second]: readonly unknown[]): {
  readonly isFree: boolean;
  readonly part: string;
  readonly text: string;
} {
  const fields: Readonly<Record<string, unknown>> =
    typeof first === 'object' && first !== null ? { ...first } : {};
  const text = typeof first === 'string' ? first : typeof second === 'string' ? second : '';
  const part = ['reconciler', 'source', 'part']
    .map(name => fields[name])
    .find(value => typeof value === 'string');
  return { isFree: fields['audit'] === true, part: part ?? '', text };
}

/** `2026-01-02T03:04:05.678Z info hd_route: 2 rows written`; a line break in a message begins no line. */
function textStream(out: DestinationStream): DestinationStream {
  return {
    write(line) {
      const { time, level, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
      delete rest['node']; // the same on every line
      const details = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
      out.write(`${String(time)} ${String(level)} ${oneLine(String(msg))}${details}\n`);
    },
  };
}

// heddlectl monitor: prints drops and new flows until it is interrupted; with --last or --since those of the past.
import type { ClientReadableStream } from '@grpc/grpc-js';
import type { Command } from 'commander';
import { API, ApiClient } from '../../../loader/api/client.ts';
import type { heddle } from '../../../loader/api/proto.gen.js';
import { colour } from '../output/colour.ts';
import { asSentence, requireAnswer } from '../invocation/ask-daemon.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { addMonitorFilters, eventRequest, historyMs, type MonitorFlags } from './monitor-filter.ts';
import { boundsLines, eventLine, shownEvent } from './monitor-line.ts';
import { isText, printObject, type Format } from '../output/output.ts';
import { requireConfig } from '../invocation/target.ts';

/** A daemon that hangs ends the command, which would wait for it for ever. */
const PING_MS = 10_000;

export function addMonitorCommand(program: Command): void {
  addMonitorFilters(program.command('monitor'))
    .description('print drops and new flows as they happen, until Ctrl-C; or those of the last minutes')
    .action(async (flags: MonitorFlags, command: Command) => {
      const { socket } = requireConfig(targetOf(command), 'monitor');
      const filter = eventRequest(flags);
      const lastMs = historyMs(flags, Date.now());
      await requireAnswer(socket);
      using client = new ApiClient(socket, { pingMs: PING_MS });
      const options = { socket, format: formatOf(command) };
      if (lastMs === undefined) await follow(client.watch(API.events.watchEvents, filter), options);
      else await recall(client.watch(API.events.readHistory, { filter, lastMs }), options, lastMs);
    });
}

interface PrintOptions {
  readonly socket: string;
  readonly format: Format;
}

async function follow(
  stream: ClientReadableStream<heddle.v1.PacketEvent>,
  options: PrintOptions,
): Promise<void> {
  stream.on('metadata', () => {
    if (isText(options.format)) process.stderr.write(`${colour.dim('listening; Ctrl-C ends it')}\n`);
  });
  await eachMessage(stream, options, event => printEvent(event, options.format));
}

/** What the history does not reach is said on standard error. */
async function recall(
  stream: ClientReadableStream<heddle.v1.HistoryMessage>,
  options: PrintOptions,
  lastMs: number,
): Promise<void> {
  let printed = 0;
  const isWhole = await eachMessage(stream, options, ({ bounds, event }) => {
    if (bounds)
      for (const line of boundsLines(bounds, lastMs, Date.now()))
        process.stderr.write(`${colour.dim(line)}\n`);
    if (event === null || event === undefined) return;
    printed += 1;
    printEvent(event, options.format);
  });
  if (isWhole && printed === 0 && isText(options.format)) process.stdout.write('no events\n');
}

function printEvent(event: heddle.v1.IPacketEvent, format: Format): void {
  const shown = shownEvent(event);
  printObject(format, shown, () => [eventLine(shown)]);
}

/** False when a signal has ended it; rejects when the daemon ends the stream with an error. */
function eachMessage<T>(
  stream: ClientReadableStream<T>,
  { socket }: PrintOptions,
  take: (message: T) => void,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      stream.removeAllListeners('data');
      stream.cancel();
      resolve(false);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
    stream.on('data', take);
    stream.on('error', error => reject(asSentence(error, socket) as Error));
    stream.on('end', () => resolve(true));
  });
}

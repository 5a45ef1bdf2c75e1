// heddlectl monitor: prints drops and new flows until it is interrupted; with --last or --since those of the past.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientReadableStream } from '@grpc/grpc-js';
import type { Command } from 'commander';
import { API, ApiClient } from '../../../loader/api/client.ts';
import type { heddle } from '../../../loader/api/proto.gen.js';
import { probeDaemon } from '../../../loader/api/status-client.ts';
import { colour } from '../output/colour.ts';
import { print, say } from '../output/terminal.ts';
import { asSentence, hangs, requireAnswer } from '../invocation/ask-daemon.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { addMonitorFilters, eventRequest, historyMs, type MonitorFlags } from './monitor-filter.ts';
import { boundsLines, eventLine, shownEvent } from './monitor-line.ts';
import { isText, printObject, type Format } from '../output/output.ts';
import { requireConfig } from '../invocation/target.ts';

/** Without a message: then the daemon is asked whether it is there. One that hangs would be waited for for ever. */
const SILENCE_MS = 10_000;

export function addMonitorCommand(program: Command): void {
  addMonitorFilters(program.command('monitor'))
    .description('print drops and new flows as they happen, until Ctrl-C; or those of the last minutes')
    .action(async (flags: MonitorFlags, command: Command) => {
      const { socket } = requireConfig(targetOf(command), 'monitor');
      const filter = eventRequest(flags);
      const lastMs = historyMs(flags, Date.now());
      await requireAnswer(socket);
      using client = new ApiClient(socket);
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
    if (isText(options.format)) say(colour.dim('listening; Ctrl-C ends it'));
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
    if (bounds) for (const line of boundsLines(bounds, lastMs, Date.now())) say(colour.dim(line));
    if (event === null || event === undefined) return;
    printed += 1;
    printEvent(event, options.format);
  });
  if (isWhole && printed === 0 && isText(options.format)) print('no events');
}

function printEvent(event: heddle.v1.IPacketEvent, format: Format): void {
  const shown = shownEvent(event);
  printObject(format, shown, () => [eventLine(shown)]);
}

/** False when a signal has ended it; rejects when the daemon ends the stream with an error, or hangs. */
async function eachMessage<T>(
  stream: ClientReadableStream<T>,
  { socket }: PrintOptions,
  take: (message: T) => void,
): Promise<boolean> {
  let received = 0;
  stream.on('data', (message: T) => {
    received += 1; // first: to print it may take as long as the reader likes
    take(message);
  });
  const over = new AbortController();
  try {
    return await Promise.race([endOf(stream, socket), silenceOf(socket, () => received, over.signal)]);
  } finally {
    over.abort();
    stream.removeAllListeners('data');
    stream.cancel();
  }
}

function endOf(stream: ClientReadableStream<unknown>, socket: string): Promise<boolean> {
  return new Promise(resolve => {
    let isOver = false;
    const end = (outcome: boolean | Promise<never>): void => {
      isOver = true;
      resolve(outcome);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(false));
    stream.on('end', () => end(true));
    stream.on('error', error => {
      if (!isOver) end(failedWith(error, socket)); // 'end' follows
    });
  });
}

async function failedWith(error: unknown, socket: string): Promise<never> {
  throw await asSentence(error, socket);
}

/**
 * Rejects when nothing comes and the daemon answers nobody else either. It is asked twice: this process may have been stopped
 * itself (Ctrl-Z) while it waited for the answer.
 */
async function silenceOf(socket: string, received: () => number, signal: AbortSignal): Promise<never> {
  for (;;) {
    const before = received();
    await sleep(SILENCE_MS, undefined, { signal });
    if (
      received() === before &&
      (await isHanging(socket)) &&
      (await isHanging(socket)) &&
      received() === before
    )
      throw hangs(socket);
  }
}

async function isHanging(socket: string): Promise<boolean> {
  return (await probeDaemon(socket)) === 'hangs';
}

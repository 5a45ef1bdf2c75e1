// heddlectl monitor: prints drops and new flows until it is interrupted.
import type { ClientReadableStream } from '@grpc/grpc-js';
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { API, ApiClient } from '../../../loader/api/client.ts';
import { heddle } from '../../../loader/api/proto.gen.js';
import { colour } from '../output/colour.ts';
import { asSentence, notRunning } from '../invocation/ask-daemon.ts';
import { formatOf, targetOf } from '../invocation/flags.ts';
import { eventLine, shownEvent } from './monitor-line.ts';
import { isText, printObject, type Format } from '../output/output.ts';
import { requireConfig } from '../invocation/target.ts';
import { UsageError } from '../invocation/usage-error.ts';

interface MonitorFlags {
  readonly drops?: true;
  readonly flows?: true;
  readonly pod?: string;
}

const { PacketEventKind } = heddle.v1;
const POD_FORM = /^[^/\s]+\/[^/\s]+$/;

export function addMonitorCommand(program: Command): void {
  program
    .command('monitor')
    .description('print drops and new flows as they happen; Ctrl-C ends it')
    .option('--drops', 'only dropped packets')
    .option('--flows', 'only new flows')
    .option('--pod <pod>', 'only packets to and from NAMESPACE/POD')
    .action(async (flags: MonitorFlags, command: Command) => {
      const { socket } = requireConfig(targetOf(command), 'monitor');
      const request = watchRequest(flags);
      if (!existsSync(socket)) throw notRunning(socket);
      using client = new ApiClient(socket);
      const stream = client.watch(API.events.watchEvents, request);
      await follow(stream, { socket, format: formatOf(command) });
    });
}

function watchRequest({ drops, flows, pod }: MonitorFlags): heddle.v1.IWatchEventsRequest {
  if (pod !== undefined && !POD_FORM.test(pod))
    throw new UsageError(`--pod '${pod}' is not a pod: write it as NAMESPACE/POD`);
  const kinds = [
    ...(drops ? [PacketEventKind.PACKET_EVENT_KIND_DROP] : []),
    ...(flows ? [PacketEventKind.PACKET_EVENT_KIND_FLOW] : []),
  ];
  return { kinds, ...(pod !== undefined && { pod }) };
}

interface FollowOptions {
  readonly socket: string;
  readonly format: Format;
}

/** Resolves on SIGINT or SIGTERM; rejects when the daemon ends the stream with an error. */
function follow(
  stream: ClientReadableStream<heddle.v1.PacketEvent>,
  { socket, format }: FollowOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      stream.removeAllListeners('data');
      stream.cancel();
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
    stream.on('metadata', () => {
      if (isText(format)) process.stderr.write(`${colour.dim('listening; Ctrl-C ends it')}\n`);
    });
    stream.on('data', (event: heddle.v1.PacketEvent) => {
      const shown = shownEvent(event);
      printObject(format, shown, () => [eventLine(shown)]);
    });
    stream.on('error', error => reject(asSentence(error, socket) as Error));
    stream.on('end', resolve);
  });
}

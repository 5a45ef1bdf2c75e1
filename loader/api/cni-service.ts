// heddle.v1.Cni on grpc-js: maps messages to the CNI commands.
import { bootClockMs } from '../async/boot-clock.ts';
import { cniErrorOf, cniFailure } from './call-failure.ts';
import { type CniCall, type CniCommands } from './cni/handler.ts';
import { heddle } from './proto.gen.js';
import type { ServiceHandlers } from './service-definition.ts';
import { unary } from './unary.ts';

type Handlers = ServiceHandlers<heddle.v1.Cni, typeof heddle.v1>;
type Command = (call: CniCall, signal: AbortSignal) => Promise<unknown>;

/** The longest timeout of the plugin. */
const MAX_CALL_MS = 600_000;

export const CNI_COMMANDS = ['ADD', 'DEL', 'CHECK', 'GC', 'STATUS'] as const;
type CniCommand = (typeof CNI_COMMANDS)[number];

/** Called when a request has been answered; `outcome` is `ok` or the CNI error code. */
export type CniObserver = (command: CniCommand, outcome: string, seconds: number) => void;

export function cniService(commands: CniCommands, observe: CniObserver = () => undefined): Handlers {
  const timed =
    (name: CniCommand, command: Command): Command =>
    async (call, signal) => {
      const startedMs = startOf(call);
      const done = (outcome: string): void => observe(name, outcome, (bootClockMs() - startedMs) / 1_000);
      try {
        const result = await command(call, signal);
        done('ok');
        return result;
      } catch (error) {
        done(String(cniErrorOf(error).code));
        throw error;
      }
    };
  return {
    add: serve(timed('ADD', (call, signal) => commands.add(call, signal))),
    del: serve(timed('DEL', call => commands.del(call))),
    check: serve(timed('CHECK', call => commands.check(call))),
    gc: serve(timed('GC', call => commands.gc(call))),
    status: serve(timed('STATUS', call => commands.status(call))),
  };
}

/** The plugin's: a call that waits for the event loop to read it has begun. A time that cannot be is none. */
function startOf({ startedMs = 0 }: CniCall): number {
  const nowMs = bootClockMs();
  return startedMs > 0 && startedMs <= nowMs && nowMs - startedMs < MAX_CALL_MS ? startedMs : nowMs;
}

function serve(command: Command): Handlers['add'] {
  return unary(async (request, signal) => {
    const result = await command(request, signal);
    return result === undefined ? {} : { result: Buffer.from(JSON.stringify(result)) };
  }, cniFailure);
}

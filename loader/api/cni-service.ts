// heddle.v1.Cni on grpc-js: the messages on one side, the commands on the other.
import { cniFailure } from './call-failure.ts';
import { type CniCall, type CniCommands } from './cni-handler.ts';
import { heddle } from './proto.gen.js';
import type { ServiceHandlers } from './service-definition.ts';
import { unary } from './unary.ts';

type Handlers = ServiceHandlers<heddle.v1.Cni, typeof heddle.v1>;
type Command = (call: CniCall, signal: AbortSignal) => Promise<unknown>;

export function cniService(commands: CniCommands): Handlers {
  return {
    add: serve((call, signal) => commands.add(call, signal)),
    del: serve(call => commands.del(call)),
    check: serve(call => commands.check(call)),
    gc: serve(call => commands.gc(call)),
    status: serve(call => commands.status(call)),
  };
}

function serve(command: Command): Handlers['add'] {
  return unary(async (request, signal) => {
    const result = await command(request, signal);
    return result === undefined ? {} : { result: Buffer.from(JSON.stringify(result)) };
  }, cniFailure);
}

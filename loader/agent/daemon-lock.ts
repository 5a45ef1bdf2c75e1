// The lock against a second daemon: held from the first act of a start to the end of the process.
//
// It is a listening socket of an abstract name. Abstract names belong to the network namespace, as everything does that
// two daemons would fight over: devices, routes, nftables, programs on devices. So it holds whatever their pin roots,
// state directories and sockets are, under whatever names (unix(7)). The kernel ends it with the process.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { HeddleError } from '../errors.ts';

const NAME = '\0heddled';
/** The first daemon may be too busy to say who it is. */
const ANSWER_MS = 1_000;

/** `socket`: for the sentence that a second daemon is refused with. */
export async function lockNode(socket: string): Promise<Disposable> {
  const server = createServer(client => {
    client.on('error', () => undefined);
    client.end(` (pid ${process.pid}) at ${socket}`);
  });
  server.unref();
  try {
    await once(server.listen(NAME), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const who = await askHolder();
    throw new HeddleError(
      'IO',
      `another daemon${who} runs in this network namespace already: stop it first, nothing was changed`,
    );
  }
  return {
    [Symbol.dispose]() {
      server.close();
    },
  };
}

function askHolder(): Promise<string> {
  return new Promise(resolve => {
    let said = '';
    const client = connect(NAME).setEncoding('utf8').setTimeout(ANSWER_MS);
    client.on('data', (text: string) => (said += text)).on('close', () => resolve(said));
    client.on('error', () => undefined).on('timeout', () => client.destroy());
  });
}

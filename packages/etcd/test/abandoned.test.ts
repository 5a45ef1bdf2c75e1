// A connection that a member refused is given up: it is not made later, when the member is back and nobody needs it.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { EtcdClient } from '../src/index.ts';

const LOOPBACK = '127.0.0.1';
const TRIES = 5;
/** A member is away for longer than a try to connect takes. */
const AWAY_MS = 100;
/** More than grpc-js waits by itself before it connects anew: 1.2 s. */
const QUIET_MS = 2_000;

async function listening(port: number): Promise<Server> {
  const server = createServer().listen(port, LOOPBACK);
  await once(server, 'listening');
  return server;
}

/** Nothing listens there. */
async function freePort(): Promise<number> {
  const server = await listening(0);
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

t.test('tries that were refused do not connect when the member is back', async t => {
  const port = await freePort();
  const client = new EtcdClient({ endpoints: [`http://${LOOPBACK}:${port}`], credentials: () => ({}) });
  for (let i = 0; i < TRIES; i++) await t.rejects(client.get('/key'), { code: 'UNAVAILABLE' });
  client.close();
  await sleep(AWAY_MS);
  const server = await listening(port);
  let connections = 0;
  server.on('connection', socket => {
    connections += 1;
    socket.destroy();
  });
  await sleep(QUIET_MS);
  t.equal(connections, 0);
  await new Promise(resolve => server.close(resolve));
});

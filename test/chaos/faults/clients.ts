// Clients of the daemon's socket that do not behave.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitForDaemon } from '../../../lab/daemon.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import type { Random } from '../../support/policy/random/random.ts';
import type { Fault } from '../fault.ts';

const CLIENTS = 50;
const GARBAGE_BYTES = 64 * 1024;
/** RFC 9113, section 3.4. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

async function connected(node: NodePlan): Promise<Socket> {
  const socket = connect(node.socket);
  socket.on('error', () => undefined); // the daemon may hang up whenever it likes
  await once(socket, 'connect');
  return socket;
}

function garbage(random: Random): Buffer {
  return Buffer.from(Array.from({ length: random.int(GARBAGE_BYTES) }, () => random.int(256)));
}

const babble: Fault = {
  name: `${CLIENTS} clients send noise`,
  times: 5,
  async inject({ node, random }) {
    const sockets = await Promise.all(Array.from({ length: CLIENTS }, () => connected(node)));
    for (const socket of sockets) {
      if (random.chance(0.5)) socket.write(PREFACE);
      socket.write(garbage(random));
    }
    await sleep(300);
    for (const socket of sockets) socket.destroy();
    await waitForDaemon(node);
  },
};

const silence: Fault = {
  name: `${CLIENTS} clients connect and say nothing`,
  times: 5,
  async inject({ node }) {
    const sockets = await Promise.all(Array.from({ length: CLIENTS }, () => connected(node)));
    await sleep(300);
    await waitForDaemon(node);
    for (const socket of sockets) socket.destroy();
  },
};

export const CLIENT_FAULTS: readonly Fault[] = [babble, silence];

// A datagram listener in a namespace that remembers what reached it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

interface Test {
  teardown(clean: () => void): void;
}

export interface Listener {
  /** Texts in the order they came. */
  readonly heard: readonly string[];
  /** Waits for that text; false if it has not come within two seconds. */
  hears(text: string): Promise<boolean>;
}

const LISTENER = `
const socket = require('node:dgram').createSocket({ type: 'udp6' });
socket.on('message', text => console.log(String(text)));
socket.bind(Number(process.argv[1]), '::', () => console.log('ready'));
`;

const PATIENCE_MS = 2_000;
const POLL_MS = 15;

/** Hears on all addresses of both families; ends with the test. */
export async function listen(t: Test, netns: string, port: number): Promise<Listener> {
  const argv = [process.execPath, '-e', LISTENER, String(port)];
  const child = spawn('nsenter', [`--net=${netns}`, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const heard: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => heard.push(...chunk.toString().trimEnd().split('\n')));
  return {
    heard,
    hears: async text => {
      const deadline = Date.now() + PATIENCE_MS;
      while (!heard.includes(text) && Date.now() < deadline) await sleep(POLL_MS);
      return heard.includes(text);
    },
  };
}

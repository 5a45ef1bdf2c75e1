// A datagram listener in a namespace that remembers what reached it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './until.ts';

interface Test {
  teardown(clean: () => void): void;
}

export interface Listener {
  /** Texts in the order they came. */
  readonly heard: readonly string[];
  /** Waits for that text; false if it does not come. */
  hears(text: string): Promise<boolean>;
}

const LISTENER = `
const socket = require('node:dgram').createSocket({ type: 'udp6' });
socket.on('message', text => console.log(String(text)));
socket.bind(Number(process.argv[1]), '::', () => console.log('ready'));
`;

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
    hears: text => until(() => heard.includes(text)),
  };
}

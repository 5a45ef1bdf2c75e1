// A network namespace of one's own, with a pair of devices that nobody else sends through.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

interface Teardown {
  teardown(end: () => void): void;
}

export interface TestNetns {
  readonly name: string;
  /** For the package's `netns` options. */
  readonly path: string;
  /** The two ends of a veth pair, both up; what one sends, the other receives. */
  readonly near: number;
  readonly far: number;
  /** Runs a command inside. */
  run(command: string, ...args: readonly string[]): string;
  /** Sends one packet out of `far`, which `near` receives. */
  send(): void;
}

const NEAR = 101;
const FAR = 102;

export function testNetns(t: Teardown): TestNetns {
  const name = `bpfts-${process.pid}-${randomBytes(3).toString('hex')}`;
  ip('netns', 'add', name);
  t.teardown(() => ip('netns', 'delete', name));
  const peer = ['peer', 'name', 'far', 'index', String(FAR)];
  ip('-n', name, 'link', 'add', 'near', 'index', String(NEAR), 'type', 'veth', ...peer);
  for (const device of ['lo', 'near', 'far']) ip('-n', name, 'link', 'set', device, 'up');
  // A known neighbour: the packet leaves at once, and nobody needs to answer.
  ip('-n', name, 'address', 'add', '10.99.0.1/24', 'dev', 'far');
  ip('-n', name, 'neigh', 'add', '10.99.0.2', 'lladdr', '02:00:00:00:00:63', 'dev', 'far');
  const path = `/run/netns/${name}`;
  const run: TestNetns['run'] = (command, ...args) =>
    execFileSync('nsenter', [`--net=${path}`, command, ...args], { encoding: 'utf8' });
  return {
    ...{ name, path, near: NEAR, far: FAR, run },
    send: () => void run('bash', '-c', 'echo > /dev/udp/10.99.0.2/9'),
  };
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

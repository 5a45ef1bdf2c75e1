// A network namespace with a pair of devices, for programs that a test starts in it.
import { execFileSync } from 'node:child_process';

interface Teardown {
  teardown(undo: () => void): void;
}

export interface VethNetns {
  /** As `ip netns` has it; both ends of the pair, `near` and `far`, are up. */
  readonly name: string;
  /** Sends one packet from 10.99.0.1 out of `far`, which `near` receives. */
  send(): void;
}

export function vethNetns(t: Teardown): VethNetns {
  const name = `heddle-packages-${process.pid}`;
  ip('netns', 'add', name);
  t.teardown(() => ip('netns', 'delete', name));
  const inside = (...words: readonly string[]): void => ip('-n', name, ...words);
  inside('link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far');
  for (const device of ['near', 'far']) inside('link', 'set', device, 'up');
  // A known neighbour: the packet leaves at once, and nobody needs to answer.
  inside('address', 'add', '10.99.0.1/24', 'dev', 'far');
  inside('neighbour', 'add', '10.99.0.2', 'lladdr', '02:00:00:00:00:63', 'dev', 'far');
  return {
    name,
    send: () => ip('netns', 'exec', name, 'bash', '-c', 'echo > /dev/udp/10.99.0.2/9'),
  };
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

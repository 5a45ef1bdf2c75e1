// iperf3 between two namespaces.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execIn } from '../../lab/exec.ts';

interface Test {
  teardown(clean: () => void): void;
}

/** A server for one client; it ends with the client or with the test. */
export async function startIperf(t: Test, netns: string): Promise<void> {
  const child = spawn('nsenter', [`--net=${netns}`, 'iperf3', '--server', '--one-off', '--forceflush'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
}

/** One TCP stream for two seconds: what the server received, Mbit/s. */
export async function iperfMbits(netns: string, to: string): Promise<number> {
  const { stdout, stderr, code } = await execIn(netns, ['iperf3', '--client', to, '--time', '2', '--json']);
  if (code !== 0) throw new Error(`iperf3 to ${to} ended with ${code}: ${stdout.slice(-300)}${stderr}`);
  const report = JSON.parse(stdout) as { end: { sum_received: { bits_per_second: number } } };
  return report.end.sum_received.bits_per_second / 1e6;
}
